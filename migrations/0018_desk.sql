-- What decides whom to call next, in the order of an index: the worklist is
-- ranked without a look at the cases themselves.
CREATE INDEX cases_to_call ON cases (wave, status, form, land, sort_key, id, asked, answered, active_at, invited_at,
    own_deadline, called_at, call_result, call_back_on, calls_missed, contact_email)
    WHERE status IN ('invited', 'opened', 'started');

-- Whom the institute wrote to lately.
CREATE INDEX outbox_lately ON outbox (wave, (COALESCE(sent_at, first_tried_at)), case_id)
    WHERE kind IN ('einladung', 'erinnerung', 'anschreiben') AND state IN ('sending', 'sent', 'unclear');

-- Whether a case has a word is found without a look at its other words.
DROP INDEX case_words_by_case;
CREATE INDEX case_words_by_case ON case_words (case_id, word);

-- Cases without words are found in the order of their ids.
DROP INDEX cases_without_words;
CREATE INDEX cases_without_words ON cases (id) WHERE words_version < 1;

-- Who answers a Rückfrage works on the questionnaire too.
UPDATE cases SET active_at = (SELECT MAX(s.at) FROM submissions s WHERE s.case_id = cases.id)
WHERE EXISTS (SELECT 1 FROM submissions s WHERE s.case_id = cases.id AND s.at > cases.active_at);
