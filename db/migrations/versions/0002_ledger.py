"""A general ledger, people who sign in, and control over what is configured and erased.

A table whose columns or checks change is made anew beside the old one, as SQLite's manual has it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = (
    """
    CREATE TABLE account (id INTEGER NOT NULL, number VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT
        NULL, active BOOLEAN NOT NULL, CONSTRAINT pk_account PRIMARY KEY (id), CONSTRAINT ck_account_kind_word CHECK
        (kind = 'income' OR kind = 'asset' OR kind = 'liability' OR kind = 'equity' OR kind = 'expense'), CONSTRAINT
        uq_account_number UNIQUE (number))
    """,
    """
    CREATE TABLE closing (id INTEGER NOT NULL, through DATE NOT NULL, closed_at VARCHAR NOT NULL, actor VARCHAR
        NOT NULL, note VARCHAR NOT NULL, checklist VARCHAR NOT NULL, head VARCHAR NOT NULL, digest VARCHAR NOT NULL,
        reopened_at VARCHAR, reopened_by VARCHAR, reason VARCHAR, CONSTRAINT pk_closing PRIMARY KEY (id))
    """,
    """
    CREATE TABLE exchange_rate_anew (id INTEGER NOT NULL, currency VARCHAR NOT NULL, valid_from DATE NOT NULL,
        rate INTEGER NOT NULL, source VARCHAR NOT NULL, CONSTRAINT pk_exchange_rate PRIMARY KEY (id), CONSTRAINT
        uq_exchange_rate_currency_valid_from UNIQUE (currency, valid_from), CONSTRAINT ck_exchange_rate_rate_integer
        CHECK (typeof(rate) = 'integer'))
    """,
    """
    INSERT INTO exchange_rate_anew ("id", "currency", "valid_from", "rate", "source") SELECT "id", "currency",
        "valid_from", "rate", '' FROM exchange_rate ORDER BY rowid
    """,
    """
    DROP TABLE exchange_rate
    """,
    """
    ALTER TABLE exchange_rate_anew RENAME TO exchange_rate
    """,
    """
    CREATE TABLE person_anew (id INTEGER NOT NULL, name VARCHAR NOT NULL, credit_limit INTEGER, write_off_limit
        INTEGER, approval_limit INTEGER, role VARCHAR NOT NULL, active BOOLEAN NOT NULL, CONSTRAINT pk_person
        PRIMARY KEY (id), CONSTRAINT ck_person_role_word CHECK (role = 'owner' OR role = 'bookkeeper' OR role =
        'clerk' OR role = 'reader'), CONSTRAINT uq_person_name UNIQUE (name), CONSTRAINT
        ck_person_credit_limit_integer CHECK (credit_limit IS NULL OR typeof(credit_limit) = 'integer'), CONSTRAINT
        ck_person_write_off_limit_integer CHECK (write_off_limit IS NULL OR typeof(write_off_limit) = 'integer'),
        CONSTRAINT ck_person_approval_limit_integer CHECK (approval_limit IS NULL OR typeof(approval_limit) =
        'integer'))
    """,
    """
    INSERT INTO person_anew ("id", "name", "credit_limit", "write_off_limit", "approval_limit", "role",
        "active") SELECT "id", "name", "credit_limit", "write_off_limit", "approval_limit", 'owner', 1 FROM person
        ORDER BY rowid
    """,
    """
    DROP TABLE person
    """,
    """
    ALTER TABLE person_anew RENAME TO person
    """,
    """
    CREATE TABLE account_rule (id INTEGER NOT NULL, name VARCHAR NOT NULL, valid_from DATE NOT NULL, account_id
        INTEGER NOT NULL, CONSTRAINT pk_account_rule PRIMARY KEY (id), CONSTRAINT uq_account_rule_name_valid_from
        UNIQUE (name, valid_from), CONSTRAINT fk_account_rule_account_id FOREIGN KEY(account_id) REFERENCES account
        (id))
    """,
    """
    CREATE TABLE configuration_change (id INTEGER NOT NULL, number VARCHAR NOT NULL, subject VARCHAR NOT NULL,
        summary VARCHAR NOT NULL, reason VARCHAR NOT NULL, from_day DATE NOT NULL, changes VARCHAR NOT NULL, impact
        VARCHAR, state VARCHAR NOT NULL, proposed_by VARCHAR NOT NULL, proposed_at VARCHAR NOT NULL, decided_by
        VARCHAR, decided_at VARCHAR, decision VARCHAR NOT NULL, applied_set_id INTEGER, rolled_back_set_id INTEGER,
        CONSTRAINT pk_configuration_change PRIMARY KEY (id), CONSTRAINT ck_configuration_change_state_word CHECK
        (state = 'proposed' OR state = 'accepted' OR state = 'applied' OR state = 'refused' OR state = 'withdrawn'
        OR state = 'rolled_back'), CONSTRAINT uq_configuration_change_number UNIQUE (number), CONSTRAINT
        fk_configuration_change_applied_set_id FOREIGN KEY(applied_set_id) REFERENCES change_set (id), CONSTRAINT
        fk_configuration_change_rolled_back_set_id FOREIGN KEY(rolled_back_set_id) REFERENCES change_set (id))
    """,
    """
    CREATE INDEX ix_configuration_change_state ON configuration_change (state, from_day)
    """,
    """
    CREATE TABLE passphrase (person_id INTEGER NOT NULL, hash VARCHAR NOT NULL, set_at VARCHAR NOT NULL,
        must_change BOOLEAN NOT NULL, CONSTRAINT pk_passphrase PRIMARY KEY (person_id), CONSTRAINT
        fk_passphrase_person_id FOREIGN KEY(person_id) REFERENCES person (id))
    """,
    """
    CREATE TABLE sign_in (id INTEGER NOT NULL, person_id INTEGER, name VARCHAR NOT NULL, at VARCHAR NOT NULL,
        outcome VARCHAR NOT NULL, place VARCHAR NOT NULL, CONSTRAINT pk_sign_in PRIMARY KEY (id), CONSTRAINT
        ck_sign_in_outcome_word CHECK (outcome = 'in' OR outcome = 'refused' OR outcome = 'out'), CONSTRAINT
        fk_sign_in_person_id FOREIGN KEY(person_id) REFERENCES person (id))
    """,
    """
    CREATE INDEX ix_sign_in_at ON sign_in (at)
    """,
    """
    CREATE TABLE item_anew (id INTEGER NOT NULL, code VARCHAR NOT NULL, name VARCHAR NOT NULL, unit VARCHAR NOT
        NULL, kind VARCHAR NOT NULL, price INTEGER, currency VARCHAR, tax_code_id INTEGER, hsn_sac VARCHAR NOT NULL,
        recognition VARCHAR, merged_into_id INTEGER, active BOOLEAN NOT NULL, digest VARCHAR NOT NULL, batch_id
        INTEGER, CONSTRAINT pk_item PRIMARY KEY (id), CONSTRAINT ck_item_kind_word CHECK (kind = 'service' OR kind =
        'goods'), CONSTRAINT ck_item_recognition_word CHECK (recognition IS NULL OR recognition = 'issue' OR
        recognition = 'daily' OR recognition = 'monthly' OR recognition = 'completion'), CONSTRAINT uq_item_code
        UNIQUE (code), CONSTRAINT fk_item_tax_code_id FOREIGN KEY(tax_code_id) REFERENCES tax_code (id), CONSTRAINT
        fk_item_merged_into_id FOREIGN KEY(merged_into_id) REFERENCES item (id), CONSTRAINT fk_item_batch_id FOREIGN
        KEY(batch_id) REFERENCES import_batch (id), CONSTRAINT ck_item_price_integer CHECK (price IS NULL OR
        typeof(price) = 'integer'))
    """,
    """
    INSERT INTO item_anew ("id", "code", "name", "unit", "kind", "price", "currency", "tax_code_id", "hsn_sac",
        "merged_into_id", "active", "digest", "batch_id") SELECT "id", "code", "name", "unit", "kind", "price",
        "currency", "tax_code_id", "hsn_sac", "merged_into_id", "active", "digest", "batch_id" FROM item ORDER BY
        rowid
    """,
    """
    DROP TABLE item
    """,
    """
    ALTER TABLE item_anew RENAME TO item
    """,
    """
    CREATE TABLE erasure (id INTEGER NOT NULL, number VARCHAR NOT NULL, kind VARCHAR NOT NULL, client_id
        INTEGER, contact_id INTEGER, reason VARCHAR NOT NULL, counts VARCHAR NOT NULL, at VARCHAR NOT NULL, actor
        VARCHAR NOT NULL, CONSTRAINT pk_erasure PRIMARY KEY (id), CONSTRAINT ck_erasure_kind_word CHECK (kind =
        'request' OR kind = 'retention'), CONSTRAINT uq_erasure_number UNIQUE (number), CONSTRAINT
        fk_erasure_client_id FOREIGN KEY(client_id) REFERENCES client (id), CONSTRAINT fk_erasure_contact_id FOREIGN
        KEY(contact_id) REFERENCES contact (id))
    """,
    """
    CREATE TABLE audit_payload_anew (event_id INTEGER NOT NULL, salt VARCHAR NOT NULL, "before" VARCHAR, "after"
        VARCHAR, erasure_id INTEGER, CONSTRAINT pk_audit_payload PRIMARY KEY (event_id), CONSTRAINT
        fk_audit_payload_event_id FOREIGN KEY(event_id) REFERENCES audit_event (id), CONSTRAINT
        fk_audit_payload_erasure_id FOREIGN KEY(erasure_id) REFERENCES erasure (id))
    """,
    """
    INSERT INTO audit_payload_anew ("event_id", "salt", "before", "after") SELECT "event_id", "salt", "before",
        "after" FROM audit_payload ORDER BY rowid
    """,
    """
    DROP TABLE audit_payload
    """,
    """
    ALTER TABLE audit_payload_anew RENAME TO audit_payload
    """,
    """
    CREATE TABLE erased_row (id INTEGER NOT NULL, erasure_id INTEGER NOT NULL, table_name VARCHAR NOT NULL,
        row_id INTEGER NOT NULL, columns VARCHAR NOT NULL, CONSTRAINT pk_erased_row PRIMARY KEY (id), CONSTRAINT
        fk_erased_row_erasure_id FOREIGN KEY(erasure_id) REFERENCES erasure (id))
    """,
    """
    CREATE INDEX ix_erased_row_erasure_id ON erased_row (erasure_id)
    """,
    """
    CREATE INDEX ix_erased_row_place ON erased_row (table_name, row_id)
    """,
    """
    CREATE TABLE party_anew (id INTEGER NOT NULL, role VARCHAR NOT NULL, digest VARCHAR NOT NULL, name VARCHAR
        NOT NULL, data VARCHAR NOT NULL, erasure_id INTEGER, CONSTRAINT pk_party PRIMARY KEY (id), CONSTRAINT
        ck_party_role_word CHECK (role = 'seller' OR role = 'buyer'), CONSTRAINT uq_party_role_digest UNIQUE (role,
        digest), CONSTRAINT fk_party_erasure_id FOREIGN KEY(erasure_id) REFERENCES erasure (id))
    """,
    """
    INSERT INTO party_anew ("id", "role", "digest", "name", "data") SELECT "id", "role", "digest", "name",
        "data" FROM party ORDER BY rowid
    """,
    """
    DROP TABLE party
    """,
    """
    ALTER TABLE party_anew RENAME TO party
    """,
    """
    CREATE TABLE bank_match_anew (id INTEGER NOT NULL, line_id INTEGER NOT NULL, reconciliation_id INTEGER NOT
        NULL, kind VARCHAR NOT NULL, amount INTEGER NOT NULL, client_id INTEGER, payment_id INTEGER, withheld_id
        INTEGER, account_id INTEGER, write_off_id INTEGER, score INTEGER, reasons VARCHAR NOT NULL, note VARCHAR NOT
        NULL, recorded BOOLEAN NOT NULL, undone_at VARCHAR, CONSTRAINT pk_bank_match PRIMARY KEY (id), CONSTRAINT
        ck_bank_match_kind_word CHECK (kind = 'payment' OR kind = 'return' OR kind = 'refund' OR kind = 'charges' OR
        kind = 'transfer' OR kind = 'other'), CONSTRAINT ck_bank_match_not_zero CHECK (amount <> 0), CONSTRAINT
        fk_bank_match_line_id FOREIGN KEY(line_id) REFERENCES bank_line (id), CONSTRAINT
        fk_bank_match_reconciliation_id FOREIGN KEY(reconciliation_id) REFERENCES reconciliation (id), CONSTRAINT
        fk_bank_match_client_id FOREIGN KEY(client_id) REFERENCES client (id), CONSTRAINT fk_bank_match_payment_id
        FOREIGN KEY(payment_id) REFERENCES payment (id), CONSTRAINT fk_bank_match_withheld_id FOREIGN
        KEY(withheld_id) REFERENCES payment (id), CONSTRAINT fk_bank_match_account_id FOREIGN KEY(account_id)
        REFERENCES account (id), CONSTRAINT fk_bank_match_write_off_id FOREIGN KEY(write_off_id) REFERENCES
        write_off (id), CONSTRAINT ck_bank_match_amount_integer CHECK (typeof(amount) = 'integer'), CONSTRAINT
        ck_bank_match_score_integer CHECK (score IS NULL OR typeof(score) = 'integer'))
    """,
    """
    INSERT INTO bank_match_anew ("id", "line_id", "reconciliation_id", "kind", "amount", "client_id",
        "payment_id", "withheld_id", "write_off_id", "score", "reasons", "note", "recorded", "undone_at") SELECT
        "id", "line_id", "reconciliation_id", "kind", "amount", "client_id", "payment_id", "withheld_id",
        "write_off_id", "score", "reasons", "note", "recorded", "undone_at" FROM bank_match ORDER BY rowid
    """,
    """
    DROP TABLE bank_match
    """,
    """
    ALTER TABLE bank_match_anew RENAME TO bank_match
    """,
    """
    CREATE INDEX ix_bank_match_line_id ON bank_match (line_id)
    """,
    """
    CREATE INDEX ix_bank_match_payment ON bank_match (payment_id) WHERE payment_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_bank_match_reconciliation_id ON bank_match (reconciliation_id)
    """,
    """
    CREATE TABLE recognition_schedule (id INTEGER NOT NULL, invoice_id INTEGER NOT NULL, invoice_line_id INTEGER
        NOT NULL, corrects_id INTEGER, milestone_id INTEGER, method VARCHAR NOT NULL, start DATE NOT NULL, "end"
        DATE, currency VARCHAR NOT NULL, amount INTEGER NOT NULL, firm_amount INTEGER, CONSTRAINT
        pk_recognition_schedule PRIMARY KEY (id), CONSTRAINT ck_recognition_schedule_method_word CHECK (method =
        'daily' OR method = 'monthly' OR method = 'completion'), CONSTRAINT ck_recognition_schedule_in_order CHECK
        ("end" IS NULL OR "end" > start), CONSTRAINT fk_recognition_schedule_invoice_id FOREIGN KEY(invoice_id)
        REFERENCES invoice (id), CONSTRAINT fk_recognition_schedule_invoice_line_id FOREIGN KEY(invoice_line_id)
        REFERENCES invoice_line (id), CONSTRAINT fk_recognition_schedule_corrects_id FOREIGN KEY(corrects_id)
        REFERENCES recognition_schedule (id), CONSTRAINT fk_recognition_schedule_milestone_id FOREIGN
        KEY(milestone_id) REFERENCES milestone (id), CONSTRAINT ck_recognition_schedule_amount_integer CHECK
        (typeof(amount) = 'integer'), CONSTRAINT ck_recognition_schedule_firm_amount_integer CHECK (firm_amount IS
        NULL OR typeof(firm_amount) = 'integer'))
    """,
    """
    CREATE INDEX ix_recognition_schedule_corrects ON recognition_schedule (corrects_id) WHERE corrects_id IS NOT
        NULL
    """,
    """
    CREATE INDEX ix_recognition_schedule_invoice ON recognition_schedule (invoice_id)
    """,
    """
    CREATE TABLE journal_entry_anew (id INTEGER NOT NULL, kind VARCHAR NOT NULL, booked_on DATE NOT NULL,
        invoice_id INTEGER, payment_id INTEGER, write_off_id INTEGER, allocation_id INTEGER, cash_movement_id
        INTEGER, match_id INTEGER, schedule_id INTEGER, reverses_id INTEGER, note VARCHAR, CONSTRAINT
        pk_journal_entry PRIMARY KEY (id), CONSTRAINT ck_journal_entry_kind_word CHECK (kind = 'invoice' OR kind =
        'credit_note' OR kind = 'payment' OR kind = 'write_off' OR kind = 'allocation' OR kind = 'opening' OR kind =
        'cash' OR kind = 'bank' OR kind = 'recognition' OR kind = 'adjustment'), CONSTRAINT
        fk_journal_entry_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id), CONSTRAINT
        fk_journal_entry_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id), CONSTRAINT
        fk_journal_entry_write_off_id FOREIGN KEY(write_off_id) REFERENCES write_off (id), CONSTRAINT
        fk_journal_entry_allocation_id FOREIGN KEY(allocation_id) REFERENCES allocation (id), CONSTRAINT
        fk_journal_entry_cash_movement_id FOREIGN KEY(cash_movement_id) REFERENCES cash_movement (id), CONSTRAINT
        fk_journal_entry_match_id FOREIGN KEY(match_id) REFERENCES bank_match (id), CONSTRAINT
        fk_journal_entry_schedule_id FOREIGN KEY(schedule_id) REFERENCES recognition_schedule (id), CONSTRAINT
        fk_journal_entry_reverses_id FOREIGN KEY(reverses_id) REFERENCES journal_entry (id))
    """,
    """
    INSERT INTO journal_entry_anew ("id", "kind", "booked_on", "invoice_id", "payment_id", "write_off_id",
        "allocation_id", "cash_movement_id") SELECT "id", "kind", "booked_on", "invoice_id", "payment_id",
        "write_off_id", "allocation_id", "cash_movement_id" FROM journal_entry ORDER BY rowid
    """,
    """
    DROP TABLE journal_entry
    """,
    """
    ALTER TABLE journal_entry_anew RENAME TO journal_entry
    """,
    """
    CREATE INDEX ix_journal_entry_allocation ON journal_entry (allocation_id) WHERE allocation_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_journal_entry_booked ON journal_entry (booked_on)
    """,
    """
    CREATE INDEX ix_journal_entry_cash_movement_id ON journal_entry (cash_movement_id)
    """,
    """
    CREATE INDEX ix_journal_entry_invoice_id ON journal_entry (invoice_id)
    """,
    """
    CREATE INDEX ix_journal_entry_match ON journal_entry (match_id) WHERE match_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_journal_entry_payment ON journal_entry (payment_id) WHERE payment_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_journal_entry_reverses ON journal_entry (reverses_id) WHERE reverses_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_journal_entry_schedule ON journal_entry (schedule_id) WHERE schedule_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_journal_entry_write_off ON journal_entry (write_off_id) WHERE write_off_id IS NOT NULL
    """,
    """
    CREATE TABLE posting_anew (id INTEGER NOT NULL, entry_id INTEGER NOT NULL, role VARCHAR NOT NULL, client_id
        INTEGER, currency VARCHAR NOT NULL, amount INTEGER NOT NULL, firm_amount INTEGER, category VARCHAR, rate
        INTEGER, period_start DATE, period_end DATE, account_id INTEGER, CONSTRAINT pk_posting PRIMARY KEY (id),
        CONSTRAINT ck_posting_role_word CHECK (role = 'receivable' OR role = 'revenue' OR role = 'deferred_revenue'
        OR role = 'deposits' OR role = 'tax_payable' OR role = 'bank' OR role = 'bad_debt' OR role = 'discount' OR
        role = 'rounding' OR role = 'opening' OR role = 'exchange' OR role = 'withholding' OR role = 'cash' OR role
        = 'fees' OR role = 'transit' OR role = 'other' OR role = 'accrued_revenue'), CONSTRAINT fk_posting_entry_id
        FOREIGN KEY(entry_id) REFERENCES journal_entry (id), CONSTRAINT fk_posting_client_id FOREIGN KEY(client_id)
        REFERENCES client (id), CONSTRAINT fk_posting_account_id FOREIGN KEY(account_id) REFERENCES account (id),
        CONSTRAINT ck_posting_amount_integer CHECK (typeof(amount) = 'integer'), CONSTRAINT
        ck_posting_firm_amount_integer CHECK (firm_amount IS NULL OR typeof(firm_amount) = 'integer'), CONSTRAINT
        ck_posting_rate_integer CHECK (rate IS NULL OR typeof(rate) = 'integer'))
    """,
    """
    INSERT INTO posting_anew ("id", "entry_id", "role", "client_id", "currency", "amount", "firm_amount",
        "category", "rate", "period_start", "period_end") SELECT "id", "entry_id", "role", "client_id", "currency",
        "amount", "firm_amount", "category", "rate", "period_start", "period_end" FROM posting ORDER BY rowid
    """,
    """
    DROP TABLE posting
    """,
    """
    ALTER TABLE posting_anew RENAME TO posting
    """,
    """
    CREATE INDEX ix_posting_entry ON posting (entry_id)
    """,
    """
    CREATE INDEX ix_posting_role ON posting (role, client_id)
    """,
)
DOWN = (
    """
    DELETE FROM posting WHERE entry_id IN (SELECT id FROM journal_entry WHERE kind IN ('bank', 'recognition',
        'adjustment'))
    """,
    """
    DELETE FROM posting WHERE role = 'accrued_revenue'
    """,
    """
    DELETE FROM journal_entry WHERE kind IN ('bank', 'recognition', 'adjustment')
    """,
    """
    DROP TABLE recognition_schedule
    """,
    """
    DROP TABLE erased_row
    """,
    """
    DROP TABLE erasure
    """,
    """
    DROP TABLE sign_in
    """,
    """
    DROP TABLE passphrase
    """,
    """
    DROP TABLE configuration_change
    """,
    """
    DROP TABLE account_rule
    """,
    """
    DROP TABLE closing
    """,
    """
    DROP TABLE account
    """,
    """
    CREATE TABLE exchange_rate_anew (id INTEGER NOT NULL, currency VARCHAR NOT NULL, valid_from DATE NOT NULL,
        rate INTEGER NOT NULL, CONSTRAINT pk_exchange_rate PRIMARY KEY (id), CONSTRAINT
        uq_exchange_rate_currency_valid_from UNIQUE (currency, valid_from), CONSTRAINT ck_exchange_rate_rate_integer
        CHECK (typeof(rate) = 'integer'))
    """,
    """
    INSERT INTO exchange_rate_anew ("id", "currency", "valid_from", "rate") SELECT "id", "currency",
        "valid_from", "rate" FROM exchange_rate ORDER BY rowid
    """,
    """
    DROP TABLE exchange_rate
    """,
    """
    ALTER TABLE exchange_rate_anew RENAME TO exchange_rate
    """,
    """
    CREATE TABLE party_anew (id INTEGER NOT NULL, role VARCHAR NOT NULL, digest VARCHAR NOT NULL, name VARCHAR
        NOT NULL, data VARCHAR NOT NULL, CONSTRAINT pk_party PRIMARY KEY (id), CONSTRAINT ck_party_role_word CHECK
        (role = 'seller' OR role = 'buyer'), CONSTRAINT uq_party_role_digest UNIQUE (role, digest))
    """,
    """
    INSERT INTO party_anew ("id", "role", "digest", "name", "data") SELECT "id", "role", "digest", "name",
        "data" FROM party ORDER BY rowid
    """,
    """
    DROP TABLE party
    """,
    """
    ALTER TABLE party_anew RENAME TO party
    """,
    """
    CREATE TABLE person_anew (id INTEGER NOT NULL, name VARCHAR NOT NULL, credit_limit INTEGER, write_off_limit
        INTEGER, approval_limit INTEGER, CONSTRAINT pk_person PRIMARY KEY (id), CONSTRAINT uq_person_name UNIQUE
        (name), CONSTRAINT ck_person_credit_limit_integer CHECK (credit_limit IS NULL OR typeof(credit_limit) =
        'integer'), CONSTRAINT ck_person_write_off_limit_integer CHECK (write_off_limit IS NULL OR
        typeof(write_off_limit) = 'integer'), CONSTRAINT ck_person_approval_limit_integer CHECK (approval_limit IS
        NULL OR typeof(approval_limit) = 'integer'))
    """,
    """
    INSERT INTO person_anew ("id", "name", "credit_limit", "write_off_limit", "approval_limit") SELECT "id",
        "name", "credit_limit", "write_off_limit", "approval_limit" FROM person ORDER BY rowid
    """,
    """
    DROP TABLE person
    """,
    """
    ALTER TABLE person_anew RENAME TO person
    """,
    """
    CREATE TABLE audit_payload_anew (event_id INTEGER NOT NULL, salt VARCHAR NOT NULL, "before" VARCHAR, "after"
        VARCHAR, CONSTRAINT pk_audit_payload PRIMARY KEY (event_id), CONSTRAINT fk_audit_payload_event_id FOREIGN
        KEY(event_id) REFERENCES audit_event (id))
    """,
    """
    INSERT INTO audit_payload_anew ("event_id", "salt", "before", "after") SELECT "event_id", "salt", "before",
        "after" FROM audit_payload ORDER BY rowid
    """,
    """
    DROP TABLE audit_payload
    """,
    """
    ALTER TABLE audit_payload_anew RENAME TO audit_payload
    """,
    """
    CREATE TABLE item_anew (id INTEGER NOT NULL, code VARCHAR NOT NULL, name VARCHAR NOT NULL, unit VARCHAR NOT
        NULL, kind VARCHAR NOT NULL, price INTEGER, currency VARCHAR, tax_code_id INTEGER, hsn_sac VARCHAR NOT NULL,
        merged_into_id INTEGER, active BOOLEAN NOT NULL, digest VARCHAR NOT NULL, batch_id INTEGER, CONSTRAINT
        pk_item PRIMARY KEY (id), CONSTRAINT ck_item_kind_word CHECK (kind = 'service' OR kind = 'goods'),
        CONSTRAINT uq_item_code UNIQUE (code), CONSTRAINT fk_item_tax_code_id FOREIGN KEY(tax_code_id) REFERENCES
        tax_code (id), CONSTRAINT fk_item_merged_into_id FOREIGN KEY(merged_into_id) REFERENCES item (id),
        CONSTRAINT fk_item_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id), CONSTRAINT
        ck_item_price_integer CHECK (price IS NULL OR typeof(price) = 'integer'))
    """,
    """
    INSERT INTO item_anew ("id", "code", "name", "unit", "kind", "price", "currency", "tax_code_id", "hsn_sac",
        "merged_into_id", "active", "digest", "batch_id") SELECT "id", "code", "name", "unit", "kind", "price",
        "currency", "tax_code_id", "hsn_sac", "merged_into_id", "active", "digest", "batch_id" FROM item ORDER BY
        rowid
    """,
    """
    DROP TABLE item
    """,
    """
    ALTER TABLE item_anew RENAME TO item
    """,
    """
    CREATE TABLE bank_match_anew (id INTEGER NOT NULL, line_id INTEGER NOT NULL, reconciliation_id INTEGER NOT
        NULL, kind VARCHAR NOT NULL, amount INTEGER NOT NULL, client_id INTEGER, payment_id INTEGER, withheld_id
        INTEGER, write_off_id INTEGER, score INTEGER, reasons VARCHAR NOT NULL, note VARCHAR NOT NULL, recorded
        BOOLEAN NOT NULL, undone_at VARCHAR, CONSTRAINT pk_bank_match PRIMARY KEY (id), CONSTRAINT
        ck_bank_match_kind_word CHECK (kind = 'payment' OR kind = 'return' OR kind = 'refund' OR kind = 'charges' OR
        kind = 'transfer' OR kind = 'other'), CONSTRAINT ck_bank_match_not_zero CHECK (amount <> 0), CONSTRAINT
        fk_bank_match_line_id FOREIGN KEY(line_id) REFERENCES bank_line (id), CONSTRAINT
        fk_bank_match_reconciliation_id FOREIGN KEY(reconciliation_id) REFERENCES reconciliation (id), CONSTRAINT
        fk_bank_match_client_id FOREIGN KEY(client_id) REFERENCES client (id), CONSTRAINT fk_bank_match_payment_id
        FOREIGN KEY(payment_id) REFERENCES payment (id), CONSTRAINT fk_bank_match_withheld_id FOREIGN
        KEY(withheld_id) REFERENCES payment (id), CONSTRAINT fk_bank_match_write_off_id FOREIGN KEY(write_off_id)
        REFERENCES write_off (id), CONSTRAINT ck_bank_match_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_bank_match_score_integer CHECK (score IS NULL OR typeof(score) = 'integer'))
    """,
    """
    INSERT INTO bank_match_anew ("id", "line_id", "reconciliation_id", "kind", "amount", "client_id",
        "payment_id", "withheld_id", "write_off_id", "score", "reasons", "note", "recorded", "undone_at") SELECT
        "id", "line_id", "reconciliation_id", "kind", "amount", "client_id", "payment_id", "withheld_id",
        "write_off_id", "score", "reasons", "note", "recorded", "undone_at" FROM bank_match ORDER BY rowid
    """,
    """
    DROP TABLE bank_match
    """,
    """
    ALTER TABLE bank_match_anew RENAME TO bank_match
    """,
    """
    CREATE INDEX ix_bank_match_line_id ON bank_match (line_id)
    """,
    """
    CREATE INDEX ix_bank_match_payment ON bank_match (payment_id) WHERE payment_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_bank_match_reconciliation_id ON bank_match (reconciliation_id)
    """,
    """
    CREATE TABLE journal_entry_anew (id INTEGER NOT NULL, kind VARCHAR NOT NULL, booked_on DATE NOT NULL,
        invoice_id INTEGER, payment_id INTEGER, write_off_id INTEGER, allocation_id INTEGER, cash_movement_id
        INTEGER, CONSTRAINT pk_journal_entry PRIMARY KEY (id), CONSTRAINT ck_journal_entry_kind_word CHECK (kind =
        'invoice' OR kind = 'credit_note' OR kind = 'payment' OR kind = 'write_off' OR kind = 'allocation' OR kind =
        'opening' OR kind = 'cash'), CONSTRAINT fk_journal_entry_invoice_id FOREIGN KEY(invoice_id) REFERENCES
        invoice (id), CONSTRAINT fk_journal_entry_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
        CONSTRAINT fk_journal_entry_write_off_id FOREIGN KEY(write_off_id) REFERENCES write_off (id), CONSTRAINT
        fk_journal_entry_allocation_id FOREIGN KEY(allocation_id) REFERENCES allocation (id), CONSTRAINT
        fk_journal_entry_cash_movement_id FOREIGN KEY(cash_movement_id) REFERENCES cash_movement (id))
    """,
    """
    INSERT INTO journal_entry_anew ("id", "kind", "booked_on", "invoice_id", "payment_id", "write_off_id",
        "allocation_id", "cash_movement_id") SELECT "id", "kind", "booked_on", "invoice_id", "payment_id",
        "write_off_id", "allocation_id", "cash_movement_id" FROM journal_entry ORDER BY rowid
    """,
    """
    DROP TABLE journal_entry
    """,
    """
    ALTER TABLE journal_entry_anew RENAME TO journal_entry
    """,
    """
    CREATE INDEX ix_journal_entry_allocation ON journal_entry (allocation_id) WHERE allocation_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_journal_entry_booked ON journal_entry (booked_on)
    """,
    """
    CREATE INDEX ix_journal_entry_cash_movement_id ON journal_entry (cash_movement_id)
    """,
    """
    CREATE INDEX ix_journal_entry_invoice_id ON journal_entry (invoice_id)
    """,
    """
    CREATE INDEX ix_journal_entry_payment ON journal_entry (payment_id) WHERE payment_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_journal_entry_write_off ON journal_entry (write_off_id) WHERE write_off_id IS NOT NULL
    """,
    """
    CREATE TABLE posting_anew (id INTEGER NOT NULL, entry_id INTEGER NOT NULL, role VARCHAR NOT NULL, client_id
        INTEGER, currency VARCHAR NOT NULL, amount INTEGER NOT NULL, firm_amount INTEGER, category VARCHAR, rate
        INTEGER, period_start DATE, period_end DATE, CONSTRAINT pk_posting PRIMARY KEY (id), CONSTRAINT
        ck_posting_role_word CHECK (role = 'receivable' OR role = 'revenue' OR role = 'deferred_revenue' OR role =
        'deposits' OR role = 'tax_payable' OR role = 'bank' OR role = 'bad_debt' OR role = 'discount' OR role =
        'rounding' OR role = 'opening' OR role = 'exchange' OR role = 'withholding' OR role = 'cash' OR role =
        'fees' OR role = 'transit' OR role = 'other'), CONSTRAINT fk_posting_entry_id FOREIGN KEY(entry_id)
        REFERENCES journal_entry (id), CONSTRAINT fk_posting_client_id FOREIGN KEY(client_id) REFERENCES client
        (id), CONSTRAINT ck_posting_amount_integer CHECK (typeof(amount) = 'integer'), CONSTRAINT
        ck_posting_firm_amount_integer CHECK (firm_amount IS NULL OR typeof(firm_amount) = 'integer'), CONSTRAINT
        ck_posting_rate_integer CHECK (rate IS NULL OR typeof(rate) = 'integer'))
    """,
    """
    INSERT INTO posting_anew ("id", "entry_id", "role", "client_id", "currency", "amount", "firm_amount",
        "category", "rate", "period_start", "period_end") SELECT "id", "entry_id", "role", "client_id", "currency",
        "amount", "firm_amount", "category", "rate", "period_start", "period_end" FROM posting ORDER BY rowid
    """,
    """
    DROP TABLE posting
    """,
    """
    ALTER TABLE posting_anew RENAME TO posting
    """,
    """
    CREATE INDEX ix_posting_entry ON posting (entry_id)
    """,
    """
    CREATE INDEX ix_posting_role ON posting (role, client_id)
    """,
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
