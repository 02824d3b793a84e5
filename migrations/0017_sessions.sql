-- Whether a code was given when a session began: what was proved is a property
-- of the sign-in, not of the account.

ALTER TABLE sessions ADD COLUMN second_factor boolean NOT NULL DEFAULT FALSE;

-- Setting a factor up ends every other session, so whoever is signed in to an
-- account that has one gave its code.
UPDATE sessions SET second_factor = TRUE
WHERE account_id IN (SELECT f.account_id FROM second_factors f WHERE f.confirmed_at IS NOT NULL);
