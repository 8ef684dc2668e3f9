"""The first book."""

from alembic import op

revision = "0001"
down_revision = None

# Parents stand before their children.
STATEMENTS = (
    """
    CREATE TABLE bank_account (
        id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        holder VARCHAR NOT NULL,
        iban VARCHAR NOT NULL,
        bic VARCHAR NOT NULL,
        bank VARCHAR NOT NULL,
        currency VARCHAR,
        kind VARCHAR NOT NULL,
        routing VARCHAR NOT NULL,
        account_number VARCHAR NOT NULL,
        company_id VARCHAR NOT NULL,
        CONSTRAINT pk_bank_account PRIMARY KEY (id),
        CONSTRAINT ck_bank_account_kind_word CHECK (kind = 'bank' OR kind = 'cash')
    )
    """,
    """
    CREATE TABLE book (
        id INTEGER NOT NULL,
        uid VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        made_by VARCHAR NOT NULL,
        CONSTRAINT pk_book PRIMARY KEY (id),
        CONSTRAINT ck_book_single CHECK (id = 1)
    )
    """,
    """
    CREATE TABLE change_set (
        id INTEGER NOT NULL,
        at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        summary VARCHAR NOT NULL,
        undoable BOOLEAN NOT NULL,
        undone_by INTEGER,
        CONSTRAINT pk_change_set PRIMARY KEY (id),
        CONSTRAINT fk_change_set_undone_by FOREIGN KEY(undone_by) REFERENCES change_set (id)
    )
    """,
    """
    CREATE TABLE dunning_level (
        id INTEGER NOT NULL,
        scope VARCHAR NOT NULL,
        scope_id INTEGER NOT NULL,
        level INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        days INTEGER NOT NULL,
        days_to_pay INTEGER NOT NULL,
        channel VARCHAR,
        fee INTEGER NOT NULL,
        interest BOOLEAN NOT NULL,
        texts VARCHAR NOT NULL,
        CONSTRAINT pk_dunning_level PRIMARY KEY (id),
        CONSTRAINT ck_dunning_level_scope_word CHECK (scope = 'firm' OR scope = 'segment'),
        CONSTRAINT uq_dunning_level_scope_scope_id_level UNIQUE (scope, scope_id, level),
        CONSTRAINT ck_dunning_level_fee_integer CHECK (typeof(fee) = 'integer')
    )
    """,
    """
    CREATE TABLE dunning_policy (
        id INTEGER NOT NULL,
        scope VARCHAR NOT NULL,
        scope_id INTEGER NOT NULL,
        active BOOLEAN,
        minimum INTEGER,
        interest VARCHAR,
        interest_rate INTEGER,
        day_count VARCHAR,
        statements_within INTEGER,
        escalate_after INTEGER,
        CONSTRAINT pk_dunning_policy PRIMARY KEY (id),
        CONSTRAINT ck_dunning_policy_scope_word CHECK (scope = 'firm' OR scope = 'segment'),
        CONSTRAINT ck_dunning_policy_interest_word CHECK (interest IS NULL OR interest = 'none' OR interest =
        'statutory' OR interest = 'fixed'),
        CONSTRAINT ck_dunning_policy_day_count_word CHECK (day_count IS NULL OR day_count = 'act/365' OR day_count =
        'act/360' OR day_count = 'act/act' OR day_count = '30/360'),
        CONSTRAINT uq_dunning_policy_scope_scope_id UNIQUE (scope, scope_id),
        CONSTRAINT ck_dunning_policy_minimum_integer CHECK (minimum IS NULL OR typeof(minimum) = 'integer'),
        CONSTRAINT ck_dunning_policy_interest_rate_integer CHECK (interest_rate IS NULL OR typeof(interest_rate) =
        'integer')
    )
    """,
    """
    CREATE TABLE exchange_rate (
        id INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        valid_from DATE NOT NULL,
        rate INTEGER NOT NULL,
        CONSTRAINT pk_exchange_rate PRIMARY KEY (id),
        CONSTRAINT uq_exchange_rate_currency_valid_from UNIQUE (currency, valid_from),
        CONSTRAINT ck_exchange_rate_rate_integer CHECK (typeof(rate) = 'integer')
    )
    """,
    """
    CREATE TABLE file (
        id INTEGER NOT NULL,
        sha256 VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        media_type VARCHAR NOT NULL,
        content BLOB NOT NULL,
        CONSTRAINT pk_file PRIMARY KEY (id),
        CONSTRAINT uq_file_sha256 UNIQUE (sha256)
    )
    """,
    """
    CREATE TABLE interest_rate (
        id INTEGER NOT NULL,
        country VARCHAR NOT NULL,
        who VARCHAR NOT NULL,
        valid_from DATE NOT NULL,
        rate INTEGER NOT NULL,
        CONSTRAINT pk_interest_rate PRIMARY KEY (id),
        CONSTRAINT ck_interest_rate_who_word CHECK (who = 'business' OR who = 'consumer'),
        CONSTRAINT uq_interest_rate_country_who_valid_from UNIQUE (country, who, valid_from),
        CONSTRAINT ck_interest_rate_rate_integer CHECK (typeof(rate) = 'integer')
    )
    """,
    """
    CREATE TABLE mail_account (
        id INTEGER NOT NULL,
        uid VARCHAR NOT NULL,
        position INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        sender VARCHAR NOT NULL,
        sender_name VARCHAR NOT NULL,
        reply_to VARCHAR NOT NULL,
        copy_to VARCHAR NOT NULL,
        receipts BOOLEAN NOT NULL,
        host VARCHAR NOT NULL,
        port INTEGER NOT NULL,
        security VARCHAR NOT NULL,
        verify BOOLEAN NOT NULL,
        ca_file VARCHAR NOT NULL,
        auth VARCHAR NOT NULL,
        user VARCHAR NOT NULL,
        provider VARCHAR NOT NULL,
        client_id VARCHAR NOT NULL,
        tenant VARCHAR NOT NULL,
        per_minute INTEGER NOT NULL,
        per_day INTEGER NOT NULL,
        imap_host VARCHAR NOT NULL,
        imap_port INTEGER NOT NULL,
        imap_security VARCHAR NOT NULL,
        imap_user VARCHAR NOT NULL,
        imap_folder VARCHAR NOT NULL,
        active BOOLEAN NOT NULL,
        CONSTRAINT pk_mail_account PRIMARY KEY (id),
        CONSTRAINT ck_mail_account_security_word CHECK (security = 'starttls' OR security = 'tls' OR security =
        'none'),
        CONSTRAINT ck_mail_account_auth_word CHECK (auth = 'password' OR auth = 'oauth' OR auth = 'none'),
        CONSTRAINT ck_mail_account_provider_word CHECK (provider = '' OR provider = 'google' OR provider =
        'microsoft'),
        CONSTRAINT ck_mail_account_imap_security_word CHECK (imap_security = 'tls' OR imap_security = 'starttls' OR
        imap_security = 'none'),
        CONSTRAINT uq_mail_account_uid UNIQUE (uid)
    )
    """,
    """
    CREATE TABLE mail_text (
        id INTEGER NOT NULL,
        scope VARCHAR NOT NULL,
        scope_id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        language VARCHAR NOT NULL,
        subject VARCHAR NOT NULL,
        body VARCHAR NOT NULL,
        CONSTRAINT pk_mail_text PRIMARY KEY (id),
        CONSTRAINT ck_mail_text_scope_word CHECK (scope = 'firm' OR scope = 'segment' OR scope = 'client')
    )
    """,
    """
    CREATE UNIQUE INDEX uq_mail_text_key ON mail_text (scope, scope_id, kind, language)
    """,
    """
    CREATE TABLE party (
        id INTEGER NOT NULL,
        role VARCHAR NOT NULL,
        digest VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        data VARCHAR NOT NULL,
        CONSTRAINT pk_party PRIMARY KEY (id),
        CONSTRAINT ck_party_role_word CHECK (role = 'seller' OR role = 'buyer'),
        CONSTRAINT uq_party_role_digest UNIQUE (role, digest)
    )
    """,
    """
    CREATE TABLE person (
        id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        credit_limit INTEGER,
        write_off_limit INTEGER,
        approval_limit INTEGER,
        CONSTRAINT pk_person PRIMARY KEY (id),
        CONSTRAINT uq_person_name UNIQUE (name),
        CONSTRAINT ck_person_credit_limit_integer CHECK (credit_limit IS NULL OR typeof(credit_limit) = 'integer'),
        CONSTRAINT ck_person_write_off_limit_integer CHECK (write_off_limit IS NULL OR typeof(write_off_limit) =
        'integer'),
        CONSTRAINT ck_person_approval_limit_integer CHECK (approval_limit IS NULL OR typeof(approval_limit) =
        'integer')
    )
    """,
    """
    CREATE TABLE print_job (
        id INTEGER NOT NULL,
        queue VARCHAR NOT NULL,
        job VARCHAR NOT NULL,
        title VARCHAR NOT NULL,
        copies INTEGER NOT NULL,
        pages INTEGER NOT NULL,
        options VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        answer VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        made_at VARCHAR NOT NULL,
        done_at VARCHAR,
        CONSTRAINT pk_print_job PRIMARY KEY (id),
        CONSTRAINT ck_print_job_state_word CHECK (state = 'waiting' OR state = 'sending' OR state = 'sent' OR state =
        'failed' OR state = 'uncertain' OR state = 'cancelled')
    )
    """,
    """
    CREATE TABLE reconciliation (
        id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        origin VARCHAR NOT NULL,
        at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        lines INTEGER NOT NULL,
        booked INTEGER NOT NULL,
        undone_at VARCHAR,
        undone_by VARCHAR,
        CONSTRAINT pk_reconciliation PRIMARY KEY (id),
        CONSTRAINT ck_reconciliation_origin_word CHECK (origin = 'pass' OR origin = 'hand' OR origin = 'schedule'),
        CONSTRAINT uq_reconciliation_number UNIQUE (number)
    )
    """,
    """
    CREATE TABLE reminder_run (
        id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        as_of DATE NOT NULL,
        state VARCHAR NOT NULL,
        overrides VARCHAR NOT NULL,
        planned_at VARCHAR NOT NULL,
        sent_at VARCHAR,
        actor VARCHAR NOT NULL,
        CONSTRAINT pk_reminder_run PRIMARY KEY (id),
        CONSTRAINT ck_reminder_run_state_word CHECK (state = 'planned' OR state = 'sent' OR state = 'cancelled'),
        CONSTRAINT uq_reminder_run_number UNIQUE (number)
    )
    """,
    """
    CREATE TABLE rendering_prefix (
        id INTEGER NOT NULL,
        digest VARCHAR NOT NULL,
        content BLOB NOT NULL,
        CONSTRAINT pk_rendering_prefix PRIMARY KEY (id),
        CONSTRAINT uq_rendering_prefix_digest UNIQUE (digest)
    )
    """,
    """
    CREATE TABLE rule_template (
        id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        rules VARCHAR NOT NULL,
        CONSTRAINT pk_rule_template PRIMARY KEY (id),
        CONSTRAINT uq_rule_template_name UNIQUE (name)
    )
    """,
    """
    CREATE TABLE run (
        id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        through DATE NOT NULL,
        issue_date DATE NOT NULL,
        scope VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        started_at VARCHAR NOT NULL,
        finished_at VARCHAR,
        CONSTRAINT pk_run PRIMARY KEY (id),
        CONSTRAINT ck_run_kind_word CHECK (kind = 'billing' OR kind = 'manual'),
        CONSTRAINT ck_run_state_word CHECK (state = 'planning' OR state = 'review' OR state = 'issuing' OR state =
        'done' OR state = 'discarded'),
        CONSTRAINT uq_run_number UNIQUE (number)
    )
    """,
    """
    CREATE TABLE saved_mapping (
        id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        signature VARCHAR NOT NULL,
        mapping VARCHAR NOT NULL,
        CONSTRAINT pk_saved_mapping PRIMARY KEY (id),
        CONSTRAINT uq_saved_mapping_kind_name UNIQUE (kind, name)
    )
    """,
    """
    CREATE TABLE saved_view (
        id INTEGER NOT NULL,
        page VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        "query" VARCHAR NOT NULL,
        position INTEGER NOT NULL,
        CONSTRAINT pk_saved_view PRIMARY KEY (id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_saved_view_page_name ON saved_view (page, name)
    """,
    """
    CREATE TABLE series (
        id INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        pattern VARCHAR NOT NULL,
        year_rule VARCHAR NOT NULL,
        first INTEGER NOT NULL,
        is_default BOOLEAN NOT NULL,
        CONSTRAINT pk_series PRIMARY KEY (id),
        CONSTRAINT ck_series_kind_word CHECK (kind = 'invoice' OR kind = 'credit_note' OR kind = 'deposit' OR kind =
        'final'),
        CONSTRAINT ck_series_year_rule_word CHECK (year_rule = 'calendar' OR year_rule = 'fiscal' OR year_rule =
        'never'),
        CONSTRAINT uq_series_code UNIQUE (code)
    )
    """,
    """
    CREATE UNIQUE INDEX ix_series_default ON series (kind) WHERE is_default = 1
    """,
    """
    CREATE TABLE setting (
        "key" VARCHAR NOT NULL,
        value VARCHAR NOT NULL,
        CONSTRAINT pk_setting PRIMARY KEY ("key")
    )
    """,
    """
    CREATE TABLE tax_code (
        id INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        country VARCHAR NOT NULL,
        category VARCHAR NOT NULL,
        exemption_code VARCHAR NOT NULL,
        exemption_text VARCHAR NOT NULL,
        active BOOLEAN NOT NULL,
        CONSTRAINT pk_tax_code PRIMARY KEY (id),
        CONSTRAINT ck_tax_code_category_word CHECK (category = 'S' OR category = 'Z' OR category = 'E' OR category =
        'AE' OR category = 'K' OR category = 'G' OR category = 'O' OR category = 'L' OR category = 'M'),
        CONSTRAINT uq_tax_code_code UNIQUE (code)
    )
    """,
    """
    CREATE TABLE template (
        id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        CONSTRAINT pk_template PRIMARY KEY (id),
        CONSTRAINT uq_template_name UNIQUE (name)
    )
    """,
    """
    CREATE TABLE unfinished (
        id INTEGER NOT NULL,
        form VARCHAR NOT NULL,
        subject_id INTEGER NOT NULL,
        author VARCHAR NOT NULL,
        at VARCHAR NOT NULL,
        entries VARCHAR NOT NULL,
        CONSTRAINT pk_unfinished PRIMARY KEY (id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_unfinished_form_subject_id ON unfinished (form, subject_id, author)
    """,
    """
    CREATE TABLE attachment (
        id INTEGER NOT NULL,
        subject VARCHAR NOT NULL,
        subject_id INTEGER NOT NULL,
        file_id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        at VARCHAR NOT NULL,
        author VARCHAR NOT NULL,
        CONSTRAINT pk_attachment PRIMARY KEY (id),
        CONSTRAINT ck_attachment_subject_word CHECK (subject = 'client' OR subject = 'agreement' OR subject =
        'invoice' OR subject = 'payment' OR subject = 'run' OR subject = 'draft' OR subject = 'item' OR subject =
        'dispute'),
        CONSTRAINT fk_attachment_file_id FOREIGN KEY(file_id) REFERENCES file (id)
    )
    """,
    """
    CREATE INDEX ix_attachment_file_id ON attachment (file_id)
    """,
    """
    CREATE INDEX ix_attachment_subject ON attachment (subject, subject_id)
    """,
    """
    CREATE TABLE audit_event (
        id INTEGER NOT NULL,
        change_set_id INTEGER NOT NULL,
        at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        subject VARCHAR NOT NULL,
        subject_id INTEGER,
        action VARCHAR NOT NULL,
        payload_hash VARCHAR NOT NULL,
        previous_hash VARCHAR NOT NULL,
        hash VARCHAR NOT NULL,
        CONSTRAINT pk_audit_event PRIMARY KEY (id),
        CONSTRAINT fk_audit_event_change_set_id FOREIGN KEY(change_set_id) REFERENCES change_set (id),
        CONSTRAINT uq_audit_event_hash UNIQUE (hash)
    )
    """,
    """
    CREATE INDEX ix_audit_event_change_set_id ON audit_event (change_set_id)
    """,
    """
    CREATE INDEX ix_audit_event_subject ON audit_event (subject, subject_id)
    """,
    """
    CREATE TABLE cash_movement (
        id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        account_id INTEGER NOT NULL,
        dated DATE NOT NULL,
        kind VARCHAR NOT NULL,
        currency VARCHAR NOT NULL,
        amount INTEGER NOT NULL,
        text VARCHAR NOT NULL,
        reverses_id INTEGER,
        file_id INTEGER,
        actor VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        CONSTRAINT pk_cash_movement PRIMARY KEY (id),
        CONSTRAINT ck_cash_movement_kind_word CHECK (kind = 'opening' OR kind = 'deposit' OR kind = 'withdrawal' OR
        kind = 'income' OR kind = 'expense' OR kind = 'difference'),
        CONSTRAINT ck_cash_movement_not_zero CHECK (amount <> 0),
        CONSTRAINT uq_cash_movement_number UNIQUE (number),
        CONSTRAINT fk_cash_movement_account_id FOREIGN KEY(account_id) REFERENCES bank_account (id),
        CONSTRAINT uq_cash_movement_reverses_id UNIQUE (reverses_id),
        CONSTRAINT fk_cash_movement_reverses_id FOREIGN KEY(reverses_id) REFERENCES cash_movement (id),
        CONSTRAINT fk_cash_movement_file_id FOREIGN KEY(file_id) REFERENCES file (id),
        CONSTRAINT ck_cash_movement_amount_integer CHECK (typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_cash_movement_account_id ON cash_movement (account_id)
    """,
    """
    CREATE TABLE firm (
        id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        contact VARCHAR NOT NULL,
        street VARCHAR NOT NULL,
        street2 VARCHAR NOT NULL,
        postcode VARCHAR NOT NULL,
        city VARCHAR NOT NULL,
        region VARCHAR NOT NULL,
        country VARCHAR NOT NULL,
        tax_id VARCHAR NOT NULL,
        tax_number VARCHAR NOT NULL,
        email VARCHAR NOT NULL,
        phone VARCHAR NOT NULL,
        website VARCHAR NOT NULL,
        registration VARCHAR NOT NULL,
        currency VARCHAR NOT NULL,
        language VARCHAR NOT NULL,
        terms VARCHAR NOT NULL,
        delivery VARCHAR NOT NULL,
        late_clause VARCHAR NOT NULL,
        intro VARCHAR NOT NULL,
        closing VARCHAR NOT NULL,
        footer VARCHAR NOT NULL,
        small_business BOOLEAN NOT NULL,
        tax_regime VARCHAR NOT NULL,
        tax_currency VARCHAR,
        fiscal_start_month INTEGER NOT NULL,
        logo_id INTEGER,
        template_id INTEGER,
        einvoice VARCHAR NOT NULL,
        endpoint VARCHAR NOT NULL,
        endpoint_scheme VARCHAR NOT NULL,
        legal_id VARCHAR NOT NULL,
        legal_scheme VARCHAR NOT NULL,
        creditor_id VARCHAR NOT NULL,
        upi_id VARCHAR NOT NULL,
        payment_link VARCHAR NOT NULL,
        CONSTRAINT pk_firm PRIMARY KEY (id),
        CONSTRAINT ck_firm_single CHECK (id = 1),
        CONSTRAINT ck_firm_tax_regime_word CHECK (tax_regime = 'auto' OR tax_regime = 'vat' OR tax_regime = 'india' OR
        tax_regime = 'us' OR tax_regime = 'generic'),
        CONSTRAINT ck_firm_einvoice_word CHECK (einvoice = 'none' OR einvoice = 'facturx' OR einvoice = 'xrechnung' OR
        einvoice = 'xrechnung_ubl' OR einvoice = 'peppol'),
        CONSTRAINT fk_firm_logo_id FOREIGN KEY(logo_id) REFERENCES file (id),
        CONSTRAINT fk_firm_template_id FOREIGN KEY(template_id) REFERENCES template (id)
    )
    """,
    """
    CREATE TABLE import_batch (
        id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        file_name VARCHAR NOT NULL,
        file_digest VARCHAR NOT NULL,
        at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        rows INTEGER NOT NULL,
        imported INTEGER NOT NULL,
        unchanged INTEGER NOT NULL,
        rejected INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        change_set_id INTEGER,
        CONSTRAINT pk_import_batch PRIMARY KEY (id),
        CONSTRAINT fk_import_batch_change_set_id FOREIGN KEY(change_set_id) REFERENCES change_set (id)
    )
    """,
    """
    CREATE TABLE note (
        id INTEGER NOT NULL,
        subject VARCHAR NOT NULL,
        subject_id INTEGER NOT NULL,
        text VARCHAR NOT NULL,
        at VARCHAR NOT NULL,
        author VARCHAR NOT NULL,
        due_on DATE,
        owner_id INTEGER,
        done_on DATE,
        CONSTRAINT pk_note PRIMARY KEY (id),
        CONSTRAINT ck_note_subject_word CHECK (subject = 'client' OR subject = 'agreement' OR subject = 'invoice' OR
        subject = 'payment' OR subject = 'run' OR subject = 'draft' OR subject = 'item' OR subject = 'dispute'),
        CONSTRAINT fk_note_owner_id FOREIGN KEY(owner_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_note_due_on ON note (due_on) WHERE due_on IS NOT NULL AND done_on IS NULL
    """,
    """
    CREATE INDEX ix_note_subject ON note (subject, subject_id)
    """,
    """
    CREATE TABLE payment_order (
        id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        account_id INTEGER NOT NULL,
        execute_on DATE NOT NULL,
        currency VARCHAR NOT NULL,
        count INTEGER NOT NULL,
        total INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        file_id INTEGER,
        made_at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        handed_over_at VARCHAR,
        CONSTRAINT pk_payment_order PRIMARY KEY (id),
        CONSTRAINT ck_payment_order_kind_word CHECK (kind = 'sepa_debit' OR kind = 'ach_debit' OR kind =
        'sepa_transfer'),
        CONSTRAINT ck_payment_order_state_word CHECK (state = 'made' OR state = 'handed_over' OR state = 'cancelled'),
        CONSTRAINT uq_payment_order_number UNIQUE (number),
        CONSTRAINT fk_payment_order_account_id FOREIGN KEY(account_id) REFERENCES bank_account (id),
        CONSTRAINT fk_payment_order_file_id FOREIGN KEY(file_id) REFERENCES file (id),
        CONSTRAINT ck_payment_order_total_integer CHECK (typeof(total) = 'integer')
    )
    """,
    """
    CREATE TABLE rule_setting (
        id INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        scope VARCHAR NOT NULL,
        scope_id INTEGER NOT NULL,
        enabled BOOLEAN,
        severity VARCHAR,
        parameters VARCHAR NOT NULL,
        owner_id INTEGER,
        hours INTEGER,
        CONSTRAINT pk_rule_setting PRIMARY KEY (id),
        CONSTRAINT uq_rule_setting_code_scope_scope_id UNIQUE (code, scope, scope_id),
        CONSTRAINT ck_rule_setting_scope_word CHECK (scope = 'firm' OR scope = 'segment' OR scope = 'client' OR scope
        = 'agreement'),
        CONSTRAINT ck_rule_setting_severity_word CHECK (severity IS NULL OR severity = 'block' OR severity = 'hold' OR
        severity = 'note'),
        CONSTRAINT fk_rule_setting_owner_id FOREIGN KEY(owner_id) REFERENCES person (id)
    )
    """,
    """
    CREATE TABLE segment (
        id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        note VARCHAR NOT NULL,
        terms VARCHAR,
        delivery VARCHAR,
        einvoice VARCHAR,
        language VARCHAR,
        tax_code_id INTEGER,
        template_id INTEGER,
        milestones VARCHAR NOT NULL,
        mail_account_id INTEGER,
        mail_together BOOLEAN,
        CONSTRAINT pk_segment PRIMARY KEY (id),
        CONSTRAINT ck_segment_milestones_word CHECK (milestones = 'run' OR milestones = 'at_once'),
        CONSTRAINT ck_segment_einvoice_word CHECK (einvoice IS NULL OR einvoice = 'none' OR einvoice = 'facturx' OR
        einvoice = 'xrechnung' OR einvoice = 'xrechnung_ubl' OR einvoice = 'peppol'),
        CONSTRAINT uq_segment_name UNIQUE (name),
        CONSTRAINT fk_segment_tax_code_id FOREIGN KEY(tax_code_id) REFERENCES tax_code (id),
        CONSTRAINT fk_segment_template_id FOREIGN KEY(template_id) REFERENCES template (id),
        CONSTRAINT fk_segment_mail_account_id FOREIGN KEY(mail_account_id) REFERENCES mail_account (id)
    )
    """,
    """
    CREATE TABLE series_year (
        id INTEGER NOT NULL,
        series_id INTEGER NOT NULL,
        year INTEGER NOT NULL,
        next INTEGER NOT NULL,
        last_date DATE,
        CONSTRAINT pk_series_year PRIMARY KEY (id),
        CONSTRAINT uq_series_year_series_id_year UNIQUE (series_id, year),
        CONSTRAINT fk_series_year_series_id FOREIGN KEY(series_id) REFERENCES series (id)
    )
    """,
    """
    CREATE TABLE tax_rate (
        id INTEGER NOT NULL,
        tax_code_id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        valid_from DATE NOT NULL,
        rate INTEGER NOT NULL,
        CONSTRAINT pk_tax_rate PRIMARY KEY (id),
        CONSTRAINT uq_tax_rate_tax_code_id_name_valid_from UNIQUE (tax_code_id, name, valid_from),
        CONSTRAINT fk_tax_rate_tax_code_id FOREIGN KEY(tax_code_id) REFERENCES tax_code (id),
        CONSTRAINT ck_tax_rate_rate_integer CHECK (typeof(rate) = 'integer')
    )
    """,
    """
    CREATE TABLE tax_rule (
        id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        country VARCHAR NOT NULL,
        region VARCHAR NOT NULL,
        item_code VARCHAR NOT NULL,
        tax_code_id INTEGER NOT NULL,
        note VARCHAR NOT NULL,
        CONSTRAINT pk_tax_rule PRIMARY KEY (id),
        CONSTRAINT fk_tax_rule_tax_code_id FOREIGN KEY(tax_code_id) REFERENCES tax_code (id)
    )
    """,
    """
    CREATE TABLE template_choice (
        id INTEGER NOT NULL,
        scope VARCHAR NOT NULL,
        scope_id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        language VARCHAR NOT NULL,
        template_id INTEGER NOT NULL,
        CONSTRAINT pk_template_choice PRIMARY KEY (id),
        CONSTRAINT uq_template_choice_scope_scope_id_kind_language UNIQUE (scope, scope_id, kind, language),
        CONSTRAINT ck_template_choice_scope_word CHECK (scope = 'firm' OR scope = 'segment' OR scope = 'client'),
        CONSTRAINT fk_template_choice_template_id FOREIGN KEY(template_id) REFERENCES template (id)
    )
    """,
    """
    CREATE TABLE template_version (
        id INTEGER NOT NULL,
        template_id INTEGER NOT NULL,
        version INTEGER NOT NULL,
        specification VARCHAR NOT NULL,
        logo_id INTEGER,
        created_at VARCHAR NOT NULL,
        made_by VARCHAR,
        note VARCHAR,
        CONSTRAINT pk_template_version PRIMARY KEY (id),
        CONSTRAINT uq_template_version_template_id_version UNIQUE (template_id, version),
        CONSTRAINT fk_template_version_template_id FOREIGN KEY(template_id) REFERENCES template (id),
        CONSTRAINT fk_template_version_logo_id FOREIGN KEY(logo_id) REFERENCES file (id)
    )
    """,
    """
    CREATE TABLE audit_payload (
        event_id INTEGER NOT NULL,
        salt VARCHAR NOT NULL,
        "before" VARCHAR,
        "after" VARCHAR,
        CONSTRAINT pk_audit_payload PRIMARY KEY (event_id),
        CONSTRAINT fk_audit_payload_event_id FOREIGN KEY(event_id) REFERENCES audit_event (id)
    )
    """,
    """
    CREATE TABLE bank_statement (
        id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        batch_id INTEGER,
        format VARCHAR NOT NULL,
        number VARCHAR NOT NULL,
        currency VARCHAR NOT NULL,
        from_day DATE,
        to_day DATE,
        opening INTEGER,
        opening_on DATE,
        closing INTEGER,
        closing_on DATE,
        file_name VARCHAR NOT NULL,
        taken_at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        CONSTRAINT pk_bank_statement PRIMARY KEY (id),
        CONSTRAINT ck_bank_statement_format_word CHECK (format = 'camt' OR format = 'mt940' OR format = 'mt942' OR
        format = 'ofx' OR format = 'qif' OR format = 'csv'),
        CONSTRAINT fk_bank_statement_account_id FOREIGN KEY(account_id) REFERENCES bank_account (id),
        CONSTRAINT fk_bank_statement_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_bank_statement_opening_integer CHECK (opening IS NULL OR typeof(opening) = 'integer'),
        CONSTRAINT ck_bank_statement_closing_integer CHECK (closing IS NULL OR typeof(closing) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_bank_statement_account ON bank_statement (account_id, to_day)
    """,
    """
    CREATE INDEX ix_bank_statement_batch_id ON bank_statement (batch_id)
    """,
    """
    CREATE TABLE client (
        id INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        contact VARCHAR NOT NULL,
        email VARCHAR NOT NULL,
        phone VARCHAR NOT NULL,
        street VARCHAR NOT NULL,
        street2 VARCHAR NOT NULL,
        postcode VARCHAR NOT NULL,
        city VARCHAR NOT NULL,
        region VARCHAR NOT NULL,
        country VARCHAR NOT NULL,
        tax_id VARCHAR NOT NULL,
        tax_number VARCHAR NOT NULL,
        is_business BOOLEAN NOT NULL,
        tax_treatment VARCHAR NOT NULL,
        iban VARCHAR NOT NULL,
        currency VARCHAR NOT NULL,
        language VARCHAR,
        segment_id INTEGER,
        terms VARCHAR,
        delivery VARCHAR,
        template_id INTEGER,
        combine BOOLEAN NOT NULL,
        po_required BOOLEAN NOT NULL,
        buyer_reference VARCHAR NOT NULL,
        buyer_reference_required BOOLEAN NOT NULL,
        credit_limit INTEGER,
        on_hold BOOLEAN NOT NULL,
        hold_reason VARCHAR NOT NULL,
        disputed BOOLEAN NOT NULL,
        place_of_supply VARCHAR NOT NULL,
        tax_certificate VARCHAR NOT NULL,
        withholding INTEGER NOT NULL,
        withholding_section VARCHAR NOT NULL,
        einvoice VARCHAR,
        endpoint VARCHAR NOT NULL,
        endpoint_scheme VARCHAR NOT NULL,
        legal_id VARCHAR NOT NULL,
        legal_scheme VARCHAR NOT NULL,
        payment_means VARCHAR NOT NULL,
        mandate VARCHAR NOT NULL,
        mandate_date DATE,
        mandate_scheme VARCHAR NOT NULL,
        bic VARCHAR NOT NULL,
        routing VARCHAR NOT NULL,
        account_number VARCHAR NOT NULL,
        account_kind VARCHAR NOT NULL,
        card VARCHAR NOT NULL,
        mail_together BOOLEAN,
        salesperson_id INTEGER,
        paid_by_id INTEGER,
        merged_into_id INTEGER,
        note VARCHAR NOT NULL,
        active BOOLEAN NOT NULL,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_client PRIMARY KEY (id),
        CONSTRAINT ck_client_country_code CHECK (length(country) IN (0, 2)),
        CONSTRAINT ck_client_tax_treatment_word CHECK (tax_treatment = 'auto' OR tax_treatment = 'domestic' OR
        tax_treatment = 'reverse_charge' OR tax_treatment = 'intra_goods' OR tax_treatment = 'export' OR tax_treatment
        = 'exempt' OR tax_treatment = 'outside'),
        CONSTRAINT ck_client_einvoice_word CHECK (einvoice IS NULL OR einvoice = 'none' OR einvoice = 'facturx' OR
        einvoice = 'xrechnung' OR einvoice = 'xrechnung_ubl' OR einvoice = 'peppol'),
        CONSTRAINT ck_client_payment_means_word CHECK (payment_means = 'transfer' OR payment_means = 'debit' OR
        payment_means = 'card'),
        CONSTRAINT ck_client_mandate_scheme_word CHECK (mandate_scheme = 'CORE' OR mandate_scheme = 'B2B'),
        CONSTRAINT ck_client_account_kind_word CHECK (account_kind = 'checking' OR account_kind = 'savings'),
        CONSTRAINT uq_client_code UNIQUE (code),
        CONSTRAINT fk_client_segment_id FOREIGN KEY(segment_id) REFERENCES segment (id),
        CONSTRAINT fk_client_template_id FOREIGN KEY(template_id) REFERENCES template (id),
        CONSTRAINT fk_client_salesperson_id FOREIGN KEY(salesperson_id) REFERENCES person (id),
        CONSTRAINT fk_client_paid_by_id FOREIGN KEY(paid_by_id) REFERENCES client (id),
        CONSTRAINT fk_client_merged_into_id FOREIGN KEY(merged_into_id) REFERENCES client (id),
        CONSTRAINT fk_client_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_client_credit_limit_integer CHECK (credit_limit IS NULL OR typeof(credit_limit) = 'integer'),
        CONSTRAINT ck_client_withholding_integer CHECK (typeof(withholding) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_client_merged ON client (merged_into_id) WHERE merged_into_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_client_name ON client (name)
    """,
    """
    CREATE INDEX ix_client_segment_id ON client (segment_id)
    """,
    """
    CREATE TABLE item (
        id INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        unit VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        price INTEGER,
        currency VARCHAR,
        tax_code_id INTEGER,
        hsn_sac VARCHAR NOT NULL,
        merged_into_id INTEGER,
        active BOOLEAN NOT NULL,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_item PRIMARY KEY (id),
        CONSTRAINT ck_item_kind_word CHECK (kind = 'service' OR kind = 'goods'),
        CONSTRAINT uq_item_code UNIQUE (code),
        CONSTRAINT fk_item_tax_code_id FOREIGN KEY(tax_code_id) REFERENCES tax_code (id),
        CONSTRAINT fk_item_merged_into_id FOREIGN KEY(merged_into_id) REFERENCES item (id),
        CONSTRAINT fk_item_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_item_price_integer CHECK (price IS NULL OR typeof(price) = 'integer')
    )
    """,
    """
    CREATE TABLE schedule (
        id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        task VARCHAR NOT NULL,
        segment_id INTEGER,
        every VARCHAR NOT NULL,
        weekday INTEGER,
        day INTEGER,
        at VARCHAR NOT NULL,
        most_documents INTEGER,
        most_amount INTEGER,
        catch_up BOOLEAN NOT NULL,
        active BOOLEAN NOT NULL,
        options VARCHAR NOT NULL,
        since VARCHAR NOT NULL,
        CONSTRAINT pk_schedule PRIMARY KEY (id),
        CONSTRAINT ck_schedule_task_word CHECK (task = 'bill' OR task = 'send' OR task = 'bounces' OR task = 'remind'
        OR task = 'reconcile'),
        CONSTRAINT ck_schedule_every_word CHECK (every = 'day' OR every = 'week' OR every = 'month'),
        CONSTRAINT ck_schedule_day_of_month CHECK (day IS NULL OR day BETWEEN 1 AND 31),
        CONSTRAINT ck_schedule_day_of_week CHECK (weekday IS NULL OR weekday BETWEEN 0 AND 6),
        CONSTRAINT uq_schedule_name UNIQUE (name),
        CONSTRAINT fk_schedule_segment_id FOREIGN KEY(segment_id) REFERENCES segment (id),
        CONSTRAINT ck_schedule_most_amount_integer CHECK (most_amount IS NULL OR typeof(most_amount) = 'integer')
    )
    """,
    """
    CREATE TABLE address (
        id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        street VARCHAR NOT NULL,
        street2 VARCHAR NOT NULL,
        postcode VARCHAR NOT NULL,
        city VARCHAR NOT NULL,
        region VARCHAR NOT NULL,
        country VARCHAR NOT NULL,
        CONSTRAINT pk_address PRIMARY KEY (id),
        CONSTRAINT ck_address_kind_word CHECK (kind = 'delivery' OR kind = 'office' OR kind = 'other'),
        CONSTRAINT fk_address_client_id FOREIGN KEY(client_id) REFERENCES client (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_address_client_id ON address (client_id)
    """,
    """
    CREATE TABLE agreement (
        id INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        title VARCHAR NOT NULL,
        project_reference VARCHAR NOT NULL,
        client_id INTEGER NOT NULL,
        segment_id INTEGER,
        billing VARCHAR NOT NULL,
        currency VARCHAR NOT NULL,
        every_count INTEGER NOT NULL,
        every_unit VARCHAR NOT NULL,
        alignment VARCHAR NOT NULL,
        anchor DATE NOT NULL,
        bill_day INTEGER,
        timing VARCHAR NOT NULL,
        fixed_30 BOOLEAN NOT NULL,
        start_date DATE NOT NULL,
        end_date DATE,
        trial_until DATE,
        charged_through DATE,
        grouping VARCHAR NOT NULL,
        cap INTEGER,
        deposits VARCHAR NOT NULL,
        is_final BOOLEAN NOT NULL,
        unused VARCHAR NOT NULL,
        agreed INTEGER,
        budget INTEGER,
        renewal VARCHAR NOT NULL,
        term_count INTEGER,
        term_unit VARCHAR,
        term_end DATE,
        min_term_until DATE,
        notice_count INTEGER NOT NULL,
        notice_unit VARCHAR NOT NULL,
        notice_given_on DATE,
        index_name VARCHAR NOT NULL,
        index_cap INTEGER,
        po_number VARCHAR NOT NULL,
        po_limit INTEGER,
        po_expires DATE,
        buyer_reference VARCHAR NOT NULL,
        terms VARCHAR,
        delivery VARCHAR,
        template_id INTEGER,
        discount INTEGER NOT NULL,
        discount_reason VARCHAR NOT NULL,
        note VARCHAR NOT NULL,
        contract_id INTEGER,
        signed_on DATE,
        active BOOLEAN NOT NULL,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_agreement PRIMARY KEY (id),
        CONSTRAINT ck_agreement_every_unit_word CHECK (every_unit = 'day' OR every_unit = 'week' OR every_unit =
        'month' OR every_unit = 'year'),
        CONSTRAINT ck_agreement_alignment_word CHECK (alignment = 'calendar' OR alignment = 'anniversary' OR alignment
        = 'bcd'),
        CONSTRAINT ck_agreement_timing_word CHECK (timing = 'advance' OR timing = 'arrears'),
        CONSTRAINT ck_agreement_billing_word CHECK (billing = 'recurring' OR billing = 'time' OR billing = 'fixed' OR
        billing = 'hybrid' OR billing = 'usage'),
        CONSTRAINT ck_agreement_grouping_word CHECK (grouping = 'entry' OR grouping = 'item' OR grouping = 'person' OR
        grouping = 'day'),
        CONSTRAINT ck_agreement_deposits_word CHECK (deposits = 'next' OR deposits = 'final'),
        CONSTRAINT ck_agreement_unused_word CHECK (unused = 'credit' OR unused = 'keep'),
        CONSTRAINT ck_agreement_renewal_word CHECK (renewal = 'open' OR renewal = 'auto' OR renewal = 'ask'),
        CONSTRAINT ck_agreement_term_unit_word CHECK (term_unit IS NULL OR term_unit = 'month' OR term_unit = 'year'),
        CONSTRAINT ck_agreement_notice_unit_word CHECK (notice_unit = 'day' OR notice_unit = 'month'),
        CONSTRAINT ck_agreement_every_positive CHECK (every_count > 0),
        CONSTRAINT ck_agreement_end_after_start CHECK (end_date IS NULL OR end_date > start_date),
        CONSTRAINT ck_agreement_bill_day CHECK (bill_day IS NULL OR bill_day BETWEEN 1 AND 31),
        CONSTRAINT uq_agreement_code UNIQUE (code),
        CONSTRAINT fk_agreement_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_agreement_segment_id FOREIGN KEY(segment_id) REFERENCES segment (id),
        CONSTRAINT fk_agreement_template_id FOREIGN KEY(template_id) REFERENCES template (id),
        CONSTRAINT fk_agreement_contract_id FOREIGN KEY(contract_id) REFERENCES file (id),
        CONSTRAINT fk_agreement_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_agreement_cap_integer CHECK (cap IS NULL OR typeof(cap) = 'integer'),
        CONSTRAINT ck_agreement_agreed_integer CHECK (agreed IS NULL OR typeof(agreed) = 'integer'),
        CONSTRAINT ck_agreement_budget_integer CHECK (budget IS NULL OR typeof(budget) = 'integer'),
        CONSTRAINT ck_agreement_index_cap_integer CHECK (index_cap IS NULL OR typeof(index_cap) = 'integer'),
        CONSTRAINT ck_agreement_po_limit_integer CHECK (po_limit IS NULL OR typeof(po_limit) = 'integer'),
        CONSTRAINT ck_agreement_discount_integer CHECK (typeof(discount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_agreement_client_id ON agreement (client_id)
    """,
    """
    CREATE INDEX ix_agreement_segment_id ON agreement (segment_id)
    """,
    """
    CREATE TABLE bank_line (
        id INTEGER NOT NULL,
        statement_id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        identity VARCHAR NOT NULL,
        booked_on DATE NOT NULL,
        valued_on DATE,
        amount INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        party VARCHAR NOT NULL,
        party_account VARCHAR NOT NULL,
        party_bic VARCHAR NOT NULL,
        text VARCHAR NOT NULL,
        reference VARCHAR NOT NULL,
        end_to_end VARCHAR NOT NULL,
        mandate VARCHAR NOT NULL,
        bank_reference VARCHAR NOT NULL,
        code VARCHAR NOT NULL,
        batch VARCHAR NOT NULL,
        returns BOOLEAN NOT NULL,
        return_reason VARCHAR NOT NULL,
        charges INTEGER,
        original_amount INTEGER,
        original_currency VARCHAR,
        state VARCHAR NOT NULL,
        CONSTRAINT pk_bank_line PRIMARY KEY (id),
        CONSTRAINT ck_bank_line_state_word CHECK (state = 'open' OR state = 'booked'),
        CONSTRAINT uq_bank_line_account_id_identity UNIQUE (account_id, identity),
        CONSTRAINT fk_bank_line_statement_id FOREIGN KEY(statement_id) REFERENCES bank_statement (id),
        CONSTRAINT fk_bank_line_account_id FOREIGN KEY(account_id) REFERENCES bank_account (id),
        CONSTRAINT ck_bank_line_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_bank_line_charges_integer CHECK (charges IS NULL OR typeof(charges) = 'integer'),
        CONSTRAINT ck_bank_line_original_amount_integer CHECK (original_amount IS NULL OR typeof(original_amount) =
        'integer')
    )
    """,
    """
    CREATE INDEX ix_bank_line_amount ON bank_line (amount)
    """,
    """
    CREATE INDEX ix_bank_line_booked_on ON bank_line (booked_on)
    """,
    """
    CREATE INDEX ix_bank_line_end_to_end ON bank_line (end_to_end) WHERE end_to_end <> ''
    """,
    """
    CREATE INDEX ix_bank_line_open ON bank_line (booked_on, id) WHERE state = 'open'
    """,
    """
    CREATE INDEX ix_bank_line_statement_id ON bank_line (statement_id)
    """,
    """
    CREATE TABLE contact (
        id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        role VARCHAR NOT NULL,
        email VARCHAR NOT NULL,
        phone VARCHAR NOT NULL,
        gets_invoices BOOLEAN NOT NULL,
        gets_reminders BOOLEAN NOT NULL,
        mail_as VARCHAR NOT NULL,
        CONSTRAINT pk_contact PRIMARY KEY (id),
        CONSTRAINT ck_contact_mail_as_word CHECK (mail_as = 'to' OR mail_as = 'cc' OR mail_as = 'bcc'),
        CONSTRAINT fk_contact_client_id FOREIGN KEY(client_id) REFERENCES client (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_contact_client_id ON contact (client_id)
    """,
    """
    CREATE TABLE learned_payer (
        id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        value VARCHAR NOT NULL,
        client_id INTEGER NOT NULL,
        at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        CONSTRAINT pk_learned_payer PRIMARY KEY (id),
        CONSTRAINT ck_learned_payer_kind_word CHECK (kind = 'account' OR kind = 'name' OR kind = 'text'),
        CONSTRAINT uq_learned_payer_kind_value_client_id UNIQUE (kind, value, client_id),
        CONSTRAINT fk_learned_payer_client_id FOREIGN KEY(client_id) REFERENCES client (id)
    )
    """,
    """
    CREATE INDEX ix_learned_payer_client_id ON learned_payer (client_id)
    """,
    """
    CREATE TABLE mailing (
        id INTEGER NOT NULL,
        message_id VARCHAR NOT NULL,
        account_id INTEGER,
        client_id INTEGER NOT NULL,
        sender VARCHAR NOT NULL,
        reply_to VARCHAR NOT NULL,
        recipients VARCHAR NOT NULL,
        subject VARCHAR NOT NULL,
        text VARCHAR NOT NULL,
        html VARCHAR NOT NULL,
        attachments VARCHAR NOT NULL,
        digest VARCHAR NOT NULL,
        size INTEGER NOT NULL,
        receipt BOOLEAN NOT NULL,
        draft BOOLEAN NOT NULL,
        state VARCHAR NOT NULL,
        tries INTEGER NOT NULL,
        code INTEGER,
        answer VARCHAR NOT NULL,
        made_at VARCHAR NOT NULL,
        sent_at VARCHAR,
        CONSTRAINT pk_mailing PRIMARY KEY (id),
        CONSTRAINT ck_mailing_state_word CHECK (state = 'waiting' OR state = 'sending' OR state = 'sent' OR state =
        'failed' OR state = 'uncertain' OR state = 'cancelled'),
        CONSTRAINT uq_mailing_message_id UNIQUE (message_id),
        CONSTRAINT fk_mailing_account_id FOREIGN KEY(account_id) REFERENCES mail_account (id),
        CONSTRAINT fk_mailing_client_id FOREIGN KEY(client_id) REFERENCES client (id)
    )
    """,
    """
    CREATE INDEX ix_mailing_client_id ON mailing (client_id)
    """,
    """
    CREATE INDEX ix_mailing_digest ON mailing (digest)
    """,
    """
    CREATE INDEX ix_mailing_sent_at ON mailing (account_id, sent_at)
    """,
    """
    CREATE TABLE promise (
        id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        amount INTEGER NOT NULL,
        promised_on DATE NOT NULL,
        said_by VARCHAR NOT NULL,
        note VARCHAR NOT NULL,
        noted_at VARCHAR NOT NULL,
        noted_by VARCHAR NOT NULL,
        withdrawn_on DATE,
        CONSTRAINT pk_promise PRIMARY KEY (id),
        CONSTRAINT ck_promise_above_zero CHECK (amount > 0),
        CONSTRAINT fk_promise_client_id FOREIGN KEY(client_id) REFERENCES client (id) ON DELETE CASCADE,
        CONSTRAINT ck_promise_amount_integer CHECK (typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_promise_client_id ON promise (client_id)
    """,
    """
    CREATE TABLE rate (
        id INTEGER NOT NULL,
        item_id INTEGER NOT NULL,
        client_id INTEGER,
        currency VARCHAR NOT NULL,
        valid_from DATE NOT NULL,
        up_to INTEGER,
        price INTEGER NOT NULL,
        mode VARCHAR NOT NULL,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_rate PRIMARY KEY (id),
        CONSTRAINT ck_rate_mode_word CHECK (mode = 'flat' OR mode = 'volume' OR mode = 'graduated'),
        CONSTRAINT fk_rate_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_rate_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_rate_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_rate_up_to_integer CHECK (up_to IS NULL OR typeof(up_to) = 'integer'),
        CONSTRAINT ck_rate_price_integer CHECK (typeof(price) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_rate_client_id ON rate (client_id)
    """,
    """
    CREATE UNIQUE INDEX ix_rate_key ON rate (item_id, coalesce(client_id, 0), currency, valid_from,
    coalesce(up_to, 0))
    """,
    """
    CREATE TABLE schedule_result (
        id INTEGER NOT NULL,
        schedule_id INTEGER NOT NULL,
        due_at VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        began_at VARCHAR NOT NULL,
        ended_at VARCHAR,
        run_id INTEGER,
        said VARCHAR NOT NULL,
        seen BOOLEAN NOT NULL,
        CONSTRAINT pk_schedule_result PRIMARY KEY (id),
        CONSTRAINT uq_schedule_result_schedule_id_due_at UNIQUE (schedule_id, due_at),
        CONSTRAINT ck_schedule_result_state_word CHECK (state = 'done' OR state = 'running' OR state = 'waits' OR
        state = 'put_off' OR state = 'failed' OR state = 'missed'),
        CONSTRAINT fk_schedule_result_schedule_id FOREIGN KEY(schedule_id) REFERENCES schedule (id) ON DELETE CASCADE,
        CONSTRAINT fk_schedule_result_run_id FOREIGN KEY(run_id) REFERENCES run (id)
    )
    """,
    """
    CREATE TABLE agreement_line (
        id INTEGER NOT NULL,
        agreement_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        item_id INTEGER,
        description VARCHAR NOT NULL,
        quantity INTEGER NOT NULL,
        unit_price INTEGER,
        discount INTEGER NOT NULL,
        start_date DATE,
        end_date DATE,
        included INTEGER NOT NULL,
        minimum INTEGER,
        threshold INTEGER,
        metering VARCHAR NOT NULL,
        follows_id INTEGER,
        CONSTRAINT pk_agreement_line PRIMARY KEY (id),
        CONSTRAINT uq_agreement_line_agreement_id_position UNIQUE (agreement_id, position),
        CONSTRAINT ck_agreement_line_kind_word CHECK (kind = 'recurring' OR kind = 'time' OR kind = 'usage'),
        CONSTRAINT ck_agreement_line_metering_word CHECK (metering = 'events' OR metering = 'readings'),
        CONSTRAINT ck_agreement_line_meter CHECK (kind <> 'usage' OR item_id IS NOT NULL),
        CONSTRAINT ck_agreement_line_end_after_start CHECK (end_date IS NULL OR start_date IS NULL OR end_date >=
        start_date),
        CONSTRAINT fk_agreement_line_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id) ON DELETE
        CASCADE,
        CONSTRAINT fk_agreement_line_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_agreement_line_follows_id FOREIGN KEY(follows_id) REFERENCES agreement_line (id),
        CONSTRAINT ck_agreement_line_quantity_integer CHECK (typeof(quantity) = 'integer'),
        CONSTRAINT ck_agreement_line_unit_price_integer CHECK (unit_price IS NULL OR typeof(unit_price) = 'integer'),
        CONSTRAINT ck_agreement_line_discount_integer CHECK (typeof(discount) = 'integer'),
        CONSTRAINT ck_agreement_line_included_integer CHECK (typeof(included) = 'integer'),
        CONSTRAINT ck_agreement_line_minimum_integer CHECK (minimum IS NULL OR typeof(minimum) = 'integer'),
        CONSTRAINT ck_agreement_line_threshold_integer CHECK (threshold IS NULL OR typeof(threshold) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_agreement_line_item_id ON agreement_line (item_id)
    """,
    """
    CREATE TABLE commitment (
        id INTEGER NOT NULL,
        agreement_id INTEGER NOT NULL,
        start_date DATE NOT NULL,
        end_date DATE NOT NULL,
        amount INTEGER NOT NULL,
        description VARCHAR NOT NULL,
        item_id INTEGER,
        CONSTRAINT pk_commitment PRIMARY KEY (id),
        CONSTRAINT ck_commitment_span CHECK (end_date > start_date),
        CONSTRAINT fk_commitment_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id) ON DELETE CASCADE,
        CONSTRAINT fk_commitment_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT ck_commitment_amount_integer CHECK (typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_commitment_agreement_id ON commitment (agreement_id)
    """,
    """
    CREATE TABLE invoice (
        id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        series_id INTEGER,
        series_year INTEGER,
        sequence INTEGER,
        client_id INTEGER NOT NULL,
        agreement_id INTEGER,
        run_id INTEGER,
        seller_id INTEGER NOT NULL,
        buyer_id INTEGER NOT NULL,
        template_version_id INTEGER NOT NULL,
        issue_date DATE NOT NULL,
        tax_date DATE NOT NULL,
        due_date DATE NOT NULL,
        period_start DATE,
        period_end DATE,
        language VARCHAR NOT NULL,
        terms VARCHAR NOT NULL,
        discount INTEGER,
        discount_until DATE,
        po_number VARCHAR NOT NULL,
        buyer_reference VARCHAR NOT NULL,
        currency VARCHAR NOT NULL,
        net INTEGER NOT NULL,
        tax INTEGER NOT NULL,
        gross INTEGER NOT NULL,
        prepaid INTEGER NOT NULL,
        rounding INTEGER NOT NULL,
        payable INTEGER NOT NULL,
        firm_currency VARCHAR NOT NULL,
        firm_rate INTEGER,
        firm_net INTEGER,
        firm_tax INTEGER,
        firm_gross INTEGER,
        tax_currency VARCHAR,
        tax_in_tax_currency INTEGER,
        corrects_id INTEGER,
        reason VARCHAR NOT NULL,
        texts VARCHAR NOT NULL,
        digest VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        CONSTRAINT pk_invoice PRIMARY KEY (id),
        CONSTRAINT ck_invoice_kind_word CHECK (kind = 'invoice' OR kind = 'deposit' OR kind = 'final' OR kind =
        'credit_note' OR kind = 'opening'),
        CONSTRAINT uq_invoice_series_id_series_year_sequence UNIQUE (series_id, series_year, sequence),
        CONSTRAINT uq_invoice_number UNIQUE (number),
        CONSTRAINT fk_invoice_series_id FOREIGN KEY(series_id) REFERENCES series (id),
        CONSTRAINT fk_invoice_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_invoice_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_invoice_run_id FOREIGN KEY(run_id) REFERENCES run (id),
        CONSTRAINT fk_invoice_seller_id FOREIGN KEY(seller_id) REFERENCES party (id),
        CONSTRAINT fk_invoice_buyer_id FOREIGN KEY(buyer_id) REFERENCES party (id),
        CONSTRAINT fk_invoice_template_version_id FOREIGN KEY(template_version_id) REFERENCES template_version (id),
        CONSTRAINT fk_invoice_corrects_id FOREIGN KEY(corrects_id) REFERENCES invoice (id),
        CONSTRAINT ck_invoice_discount_integer CHECK (discount IS NULL OR typeof(discount) = 'integer'),
        CONSTRAINT ck_invoice_net_integer CHECK (typeof(net) = 'integer'),
        CONSTRAINT ck_invoice_tax_integer CHECK (typeof(tax) = 'integer'),
        CONSTRAINT ck_invoice_gross_integer CHECK (typeof(gross) = 'integer'),
        CONSTRAINT ck_invoice_prepaid_integer CHECK (typeof(prepaid) = 'integer'),
        CONSTRAINT ck_invoice_rounding_integer CHECK (typeof(rounding) = 'integer'),
        CONSTRAINT ck_invoice_payable_integer CHECK (typeof(payable) = 'integer'),
        CONSTRAINT ck_invoice_firm_rate_integer CHECK (firm_rate IS NULL OR typeof(firm_rate) = 'integer'),
        CONSTRAINT ck_invoice_firm_net_integer CHECK (firm_net IS NULL OR typeof(firm_net) = 'integer'),
        CONSTRAINT ck_invoice_firm_tax_integer CHECK (firm_tax IS NULL OR typeof(firm_tax) = 'integer'),
        CONSTRAINT ck_invoice_firm_gross_integer CHECK (firm_gross IS NULL OR typeof(firm_gross) = 'integer'),
        CONSTRAINT ck_invoice_tax_in_tax_currency_integer CHECK (tax_in_tax_currency IS NULL OR
        typeof(tax_in_tax_currency) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_invoice_agreement ON invoice (agreement_id, issue_date)
    """,
    """
    CREATE INDEX ix_invoice_buyer_reference ON invoice (buyer_reference) WHERE buyer_reference <> ''
    """,
    """
    CREATE INDEX ix_invoice_client ON invoice (client_id, issue_date)
    """,
    """
    CREATE INDEX ix_invoice_corrects ON invoice (corrects_id) WHERE corrects_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_invoice_gross ON invoice (gross)
    """,
    """
    CREATE INDEX ix_invoice_issue_date ON invoice (issue_date)
    """,
    """
    CREATE INDEX ix_invoice_months ON invoice (issue_date, kind, currency, gross, firm_gross)
    """,
    """
    CREATE INDEX ix_invoice_net ON invoice (net)
    """,
    """
    CREATE INDEX ix_invoice_po_number ON invoice (po_number, client_id, kind, net) WHERE po_number <> ''
    """,
    """
    CREATE INDEX ix_invoice_run ON invoice (run_id, currency, kind, gross)
    """,
    """
    CREATE TABLE pause (
        id INTEGER NOT NULL,
        agreement_id INTEGER NOT NULL,
        start_date DATE NOT NULL,
        end_date DATE,
        reason VARCHAR NOT NULL,
        CONSTRAINT pk_pause PRIMARY KEY (id),
        CONSTRAINT ck_pause_end_after_start CHECK (end_date IS NULL OR end_date > start_date),
        CONSTRAINT fk_pause_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_pause_agreement_id ON pause (agreement_id)
    """,
    """
    CREATE TABLE prepayment (
        id INTEGER NOT NULL,
        agreement_id INTEGER NOT NULL,
        due_date DATE NOT NULL,
        start_date DATE NOT NULL,
        end_date DATE NOT NULL,
        discount INTEGER NOT NULL,
        reason VARCHAR NOT NULL,
        CONSTRAINT pk_prepayment PRIMARY KEY (id),
        CONSTRAINT ck_prepayment_span CHECK (end_date > start_date),
        CONSTRAINT fk_prepayment_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id) ON DELETE CASCADE,
        CONSTRAINT ck_prepayment_discount_integer CHECK (typeof(discount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_prepayment_agreement_id ON prepayment (agreement_id)
    """,
    """
    CREATE TABLE change_order (
        id INTEGER NOT NULL,
        external_id VARCHAR,
        agreement_id INTEGER NOT NULL,
        effect VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        dated DATE NOT NULL,
        item_id INTEGER,
        quantity INTEGER,
        unit_price INTEGER,
        amount INTEGER,
        reason VARCHAR NOT NULL,
        reference VARCHAR NOT NULL,
        old_line_id INTEGER,
        new_line_id INTEGER,
        decided_by VARCHAR,
        decided_on DATE,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_change_order PRIMARY KEY (id),
        CONSTRAINT uq_change_order_external_id UNIQUE (external_id),
        CONSTRAINT ck_change_order_effect_word CHECK (effect = 'line' OR effect = 'scope'),
        CONSTRAINT ck_change_order_state_word CHECK (state = 'proposed' OR state = 'approved' OR state = 'rejected'),
        CONSTRAINT fk_change_order_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_change_order_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_change_order_old_line_id FOREIGN KEY(old_line_id) REFERENCES agreement_line (id),
        CONSTRAINT fk_change_order_new_line_id FOREIGN KEY(new_line_id) REFERENCES agreement_line (id),
        CONSTRAINT fk_change_order_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_change_order_quantity_integer CHECK (quantity IS NULL OR typeof(quantity) = 'integer'),
        CONSTRAINT ck_change_order_unit_price_integer CHECK (unit_price IS NULL OR typeof(unit_price) = 'integer'),
        CONSTRAINT ck_change_order_amount_integer CHECK (amount IS NULL OR typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_change_order_agreement ON change_order (agreement_id, dated)
    """,
    """
    CREATE TABLE delivery (
        id INTEGER NOT NULL,
        invoice_id INTEGER,
        letter VARCHAR NOT NULL,
        file_id INTEGER,
        title VARCHAR NOT NULL,
        client_id INTEGER NOT NULL,
        run_id INTEGER,
        channel VARCHAR NOT NULL,
        form VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        current BOOLEAN NOT NULL,
        fate VARCHAR NOT NULL,
        fate_at VARCHAR,
        address VARCHAR NOT NULL,
        by_hand BOOLEAN NOT NULL,
        subject VARCHAR,
        body VARCHAR,
        facts VARCHAR,
        not_before VARCHAR NOT NULL,
        tries INTEGER NOT NULL,
        code INTEGER,
        answer VARCHAR NOT NULL,
        mailing_id INTEGER,
        print_job_id INTEGER,
        path VARCHAR NOT NULL,
        made_at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        done_at VARCHAR,
        again_of_id INTEGER,
        CONSTRAINT pk_delivery PRIMARY KEY (id),
        CONSTRAINT ck_delivery_channel_word CHECK (channel = 'email' OR channel = 'print' OR channel = 'folder' OR
        channel = 'hand'),
        CONSTRAINT ck_delivery_form_word CHECK (form = 'pdf' OR form = 'facturx' OR form = 'xrechnung' OR form =
        'xrechnung_ubl' OR form = 'ubl'),
        CONSTRAINT ck_delivery_state_word CHECK (state = 'waiting' OR state = 'sending' OR state = 'sent' OR state =
        'failed' OR state = 'uncertain' OR state = 'cancelled'),
        CONSTRAINT ck_delivery_fate_word CHECK (fate = '' OR fate = 'delivered' OR fate = 'bounced' OR fate = 'seen'),
        CONSTRAINT ck_delivery_letter_word CHECK (letter = '' OR letter = 'statement' OR letter = 'receipt' OR letter
        = 'reminder' OR letter = 'payment_plan' OR letter = 'run_report' OR letter = 'cover_letter'),
        CONSTRAINT ck_delivery_one_document CHECK ((invoice_id IS NULL) = (file_id IS NOT NULL)),
        CONSTRAINT fk_delivery_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_delivery_file_id FOREIGN KEY(file_id) REFERENCES file (id),
        CONSTRAINT fk_delivery_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_delivery_run_id FOREIGN KEY(run_id) REFERENCES run (id),
        CONSTRAINT fk_delivery_mailing_id FOREIGN KEY(mailing_id) REFERENCES mailing (id),
        CONSTRAINT fk_delivery_print_job_id FOREIGN KEY(print_job_id) REFERENCES print_job (id),
        CONSTRAINT fk_delivery_again_of_id FOREIGN KEY(again_of_id) REFERENCES delivery (id)
    )
    """,
    """
    CREATE INDEX ix_delivery_client ON delivery (client_id)
    """,
    """
    CREATE INDEX ix_delivery_fate ON delivery (fate) WHERE fate <> ''
    """,
    """
    CREATE INDEX ix_delivery_mailing ON delivery (mailing_id) WHERE mailing_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_delivery_print_job ON delivery (print_job_id) WHERE print_job_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_delivery_run ON delivery (run_id) WHERE run_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_delivery_state ON delivery (state, channel, not_before) WHERE state <> 'sent'
    """,
    """
    CREATE UNIQUE INDEX uq_delivery_current ON delivery (invoice_id) WHERE current = 1 AND invoice_id IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX uq_delivery_once ON delivery (invoice_id, channel) WHERE again_of_id IS NULL AND state <>
    'cancelled' AND invoice_id IS NOT NULL
    """,
    """
    CREATE TABLE dispute (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        opened_on DATE NOT NULL,
        reason VARCHAR NOT NULL,
        category VARCHAR NOT NULL,
        owner_id INTEGER,
        due_on DATE,
        amount INTEGER,
        closed_on DATE,
        outcome VARCHAR NOT NULL,
        CONSTRAINT pk_dispute PRIMARY KEY (id),
        CONSTRAINT ck_dispute_category_word CHECK (category = 'other' OR category = 'price' OR category = 'quantity'
        OR category = 'quality' OR category = 'delivery' OR category = 'order_number' OR category = 'duplicate'),
        CONSTRAINT fk_dispute_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_dispute_owner_id FOREIGN KEY(owner_id) REFERENCES person (id),
        CONSTRAINT ck_dispute_amount_integer CHECK (amount IS NULL OR typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_dispute_invoice_id ON dispute (invoice_id)
    """,
    """
    CREATE TABLE draft (
        id INTEGER NOT NULL,
        run_id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        severity VARCHAR,
        currency VARCHAR NOT NULL,
        net INTEGER NOT NULL,
        tax INTEGER NOT NULL,
        gross INTEGER NOT NULL,
        rounding INTEGER NOT NULL,
        previous_net INTEGER,
        fingerprint VARCHAR NOT NULL,
        body VARCHAR NOT NULL,
        edited BOOLEAN NOT NULL,
        decided_by VARCHAR,
        decided_at VARCHAR,
        decision_note VARCHAR NOT NULL,
        owner_id INTEGER,
        due_at VARCHAR,
        seconded_by VARCHAR,
        error VARCHAR NOT NULL,
        invoice_id INTEGER,
        CONSTRAINT pk_draft PRIMARY KEY (id),
        CONSTRAINT ck_draft_state_word CHECK (state = 'ready' OR state = 'held' OR state = 'approved' OR state =
        'issued' OR state = 'discarded' OR state = 'failed'),
        CONSTRAINT ck_draft_severity_word CHECK (severity IS NULL OR severity = 'block' OR severity = 'hold' OR
        severity = 'note'),
        CONSTRAINT ck_draft_kind_word CHECK (kind = 'invoice' OR kind = 'deposit' OR kind = 'final'),
        CONSTRAINT fk_draft_run_id FOREIGN KEY(run_id) REFERENCES run (id),
        CONSTRAINT fk_draft_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_draft_owner_id FOREIGN KEY(owner_id) REFERENCES person (id),
        CONSTRAINT fk_draft_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT ck_draft_net_integer CHECK (typeof(net) = 'integer'),
        CONSTRAINT ck_draft_tax_integer CHECK (typeof(tax) = 'integer'),
        CONSTRAINT ck_draft_gross_integer CHECK (typeof(gross) = 'integer'),
        CONSTRAINT ck_draft_rounding_integer CHECK (typeof(rounding) = 'integer'),
        CONSTRAINT ck_draft_previous_net_integer CHECK (previous_net IS NULL OR typeof(previous_net) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_draft_client_id ON draft (client_id)
    """,
    """
    CREATE INDEX ix_draft_invoice_id ON draft (invoice_id)
    """,
    """
    CREATE INDEX ix_draft_run_id ON draft (run_id)
    """,
    """
    CREATE TABLE dunning_hold (
        id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        invoice_id INTEGER,
        since DATE NOT NULL,
        until DATE,
        reason VARCHAR NOT NULL,
        released_on DATE,
        CONSTRAINT pk_dunning_hold PRIMARY KEY (id),
        CONSTRAINT fk_dunning_hold_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_dunning_hold_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id)
    )
    """,
    """
    CREATE INDEX ix_dunning_hold_client_id ON dunning_hold (client_id)
    """,
    """
    CREATE INDEX ix_dunning_hold_invoice_id ON dunning_hold (invoice_id)
    """,
    """
    CREATE TABLE invoice_line (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        agreement_line_id INTEGER,
        item_id INTEGER,
        rate_id INTEGER,
        price_source VARCHAR NOT NULL,
        description VARCHAR NOT NULL,
        detail VARCHAR NOT NULL,
        heading VARCHAR NOT NULL,
        period_start DATE,
        period_end DATE,
        quantity INTEGER NOT NULL,
        unit VARCHAR NOT NULL,
        unit_price INTEGER NOT NULL,
        base_quantity INTEGER NOT NULL,
        allowance INTEGER NOT NULL,
        allowance_reason VARCHAR NOT NULL,
        charge INTEGER NOT NULL,
        net INTEGER NOT NULL,
        tax_code_id INTEGER,
        category VARCHAR NOT NULL,
        rate INTEGER NOT NULL,
        deducts_id INTEGER,
        corrects_line_id INTEGER,
        classification VARCHAR NOT NULL,
        tax_parts VARCHAR NOT NULL,
        CONSTRAINT pk_invoice_line PRIMARY KEY (id),
        CONSTRAINT fk_invoice_line_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_invoice_line_agreement_line_id FOREIGN KEY(agreement_line_id) REFERENCES agreement_line (id),
        CONSTRAINT fk_invoice_line_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_invoice_line_tax_code_id FOREIGN KEY(tax_code_id) REFERENCES tax_code (id),
        CONSTRAINT fk_invoice_line_deducts_id FOREIGN KEY(deducts_id) REFERENCES invoice (id),
        CONSTRAINT fk_invoice_line_corrects_line_id FOREIGN KEY(corrects_line_id) REFERENCES invoice_line (id),
        CONSTRAINT ck_invoice_line_quantity_integer CHECK (typeof(quantity) = 'integer'),
        CONSTRAINT ck_invoice_line_unit_price_integer CHECK (typeof(unit_price) = 'integer'),
        CONSTRAINT ck_invoice_line_base_quantity_integer CHECK (typeof(base_quantity) = 'integer'),
        CONSTRAINT ck_invoice_line_allowance_integer CHECK (typeof(allowance) = 'integer'),
        CONSTRAINT ck_invoice_line_charge_integer CHECK (typeof(charge) = 'integer'),
        CONSTRAINT ck_invoice_line_net_integer CHECK (typeof(net) = 'integer'),
        CONSTRAINT ck_invoice_line_rate_integer CHECK (typeof(rate) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_invoice_line_corrects ON invoice_line (corrects_line_id) WHERE corrects_line_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_invoice_line_deducts ON invoice_line (deducts_id) WHERE deducts_id IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX ix_invoice_line_invoice ON invoice_line (invoice_id, position)
    """,
    """
    CREATE INDEX ix_invoice_line_item_id ON invoice_line (item_id)
    """,
    """
    CREATE TABLE invoice_tax (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        category VARCHAR NOT NULL,
        rate INTEGER NOT NULL,
        basis INTEGER NOT NULL,
        tax INTEGER NOT NULL,
        exemption_code VARCHAR NOT NULL,
        exemption_text VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        CONSTRAINT pk_invoice_tax PRIMARY KEY (id),
        CONSTRAINT uq_invoice_tax_invoice_id_category_rate_name UNIQUE (invoice_id, category, rate, name),
        CONSTRAINT fk_invoice_tax_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT ck_invoice_tax_rate_integer CHECK (typeof(rate) = 'integer'),
        CONSTRAINT ck_invoice_tax_basis_integer CHECK (typeof(basis) = 'integer'),
        CONSTRAINT ck_invoice_tax_tax_integer CHECK (typeof(tax) = 'integer')
    )
    """,
    """
    CREATE TABLE payment (
        id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        client_id INTEGER NOT NULL,
        paid_on DATE NOT NULL,
        method VARCHAR NOT NULL,
        reference VARCHAR NOT NULL,
        currency VARCHAR NOT NULL,
        amount INTEGER NOT NULL,
        firm_rate INTEGER,
        firm_amount INTEGER,
        reverses_id INTEGER,
        refunds_payment_id INTEGER,
        refunds_credit_note_id INTEGER,
        account_id INTEGER,
        charges INTEGER,
        received INTEGER,
        received_currency VARCHAR,
        note VARCHAR NOT NULL,
        file_id INTEGER,
        actor VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        CONSTRAINT pk_payment PRIMARY KEY (id),
        CONSTRAINT uq_payment_reverses_id UNIQUE (reverses_id),
        CONSTRAINT uq_payment_number UNIQUE (number),
        CONSTRAINT fk_payment_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_payment_reverses_id FOREIGN KEY(reverses_id) REFERENCES payment (id),
        CONSTRAINT fk_payment_refunds_payment_id FOREIGN KEY(refunds_payment_id) REFERENCES payment (id),
        CONSTRAINT fk_payment_refunds_credit_note_id FOREIGN KEY(refunds_credit_note_id) REFERENCES invoice (id),
        CONSTRAINT fk_payment_account_id FOREIGN KEY(account_id) REFERENCES bank_account (id),
        CONSTRAINT fk_payment_file_id FOREIGN KEY(file_id) REFERENCES file (id),
        CONSTRAINT ck_payment_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_payment_firm_rate_integer CHECK (firm_rate IS NULL OR typeof(firm_rate) = 'integer'),
        CONSTRAINT ck_payment_firm_amount_integer CHECK (firm_amount IS NULL OR typeof(firm_amount) = 'integer'),
        CONSTRAINT ck_payment_charges_integer CHECK (charges IS NULL OR typeof(charges) = 'integer'),
        CONSTRAINT ck_payment_received_integer CHECK (received IS NULL OR typeof(received) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_payment_account ON payment (account_id, paid_on) WHERE account_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_payment_amount ON payment (amount)
    """,
    """
    CREATE INDEX ix_payment_client ON payment (client_id, paid_on)
    """,
    """
    CREATE INDEX ix_payment_months ON payment (paid_on, currency, amount, firm_amount)
    """,
    """
    CREATE INDEX ix_payment_paid_on ON payment (paid_on)
    """,
    """
    CREATE INDEX ix_payment_reference ON payment (reference) WHERE reference <> ''
    """,
    """
    CREATE INDEX ix_payment_refunds ON payment (refunds_payment_id) WHERE refunds_payment_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_payment_refunds_credit ON payment (refunds_credit_note_id) WHERE amount < 0
    """,
    """
    CREATE TABLE payment_plan (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        agreed_on DATE NOT NULL,
        reason VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        cancelled_on DATE,
        CONSTRAINT pk_payment_plan PRIMARY KEY (id),
        CONSTRAINT fk_payment_plan_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id)
    )
    """,
    """
    CREATE INDEX ix_payment_plan_invoice_id ON payment_plan (invoice_id)
    """,
    """
    CREATE TABLE price_change (
        id INTEGER NOT NULL,
        agreement_line_id INTEGER NOT NULL,
        valid_from DATE NOT NULL,
        unit_price INTEGER NOT NULL,
        reason VARCHAR NOT NULL,
        CONSTRAINT pk_price_change PRIMARY KEY (id),
        CONSTRAINT uq_price_change_agreement_line_id_valid_from UNIQUE (agreement_line_id, valid_from),
        CONSTRAINT fk_price_change_agreement_line_id FOREIGN KEY(agreement_line_id) REFERENCES agreement_line (id) ON
        DELETE CASCADE,
        CONSTRAINT ck_price_change_unit_price_integer CHECK (typeof(unit_price) = 'integer')
    )
    """,
    """
    CREATE TABLE price_proposal (
        id INTEGER NOT NULL,
        agreement_line_id INTEGER NOT NULL,
        valid_from DATE NOT NULL,
        old_price INTEGER NOT NULL,
        new_price INTEGER NOT NULL,
        basis VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        decided_by VARCHAR,
        decided_at VARCHAR,
        CONSTRAINT pk_price_proposal PRIMARY KEY (id),
        CONSTRAINT ck_price_proposal_state_word CHECK (state = 'proposed' OR state = 'approved' OR state =
        'rejected'),
        CONSTRAINT fk_price_proposal_agreement_line_id FOREIGN KEY(agreement_line_id) REFERENCES agreement_line (id)
        ON DELETE CASCADE,
        CONSTRAINT ck_price_proposal_old_price_integer CHECK (typeof(old_price) = 'integer'),
        CONSTRAINT ck_price_proposal_new_price_integer CHECK (typeof(new_price) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_price_proposal_line ON price_proposal (agreement_line_id, valid_from)
    """,
    """
    CREATE TABLE registration (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        irn VARCHAR NOT NULL,
        ack_number VARCHAR NOT NULL,
        ack_at VARCHAR NOT NULL,
        signed_qr VARCHAR NOT NULL,
        cancelled_at VARCHAR,
        made_at VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        CONSTRAINT pk_registration PRIMARY KEY (id),
        CONSTRAINT uq_registration_invoice_id UNIQUE (invoice_id),
        CONSTRAINT fk_registration_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT uq_registration_irn UNIQUE (irn)
    )
    """,
    """
    CREATE TABLE rendering (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        form VARCHAR NOT NULL,
        prefix_id INTEGER,
        content BLOB NOT NULL,
        sha256 VARCHAR NOT NULL,
        made_at VARCHAR NOT NULL,
        CONSTRAINT pk_rendering PRIMARY KEY (id),
        CONSTRAINT uq_rendering_invoice_id_form UNIQUE (invoice_id, form),
        CONSTRAINT fk_rendering_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_rendering_prefix_id FOREIGN KEY(prefix_id) REFERENCES rendering_prefix (id)
    )
    """,
    """
    CREATE TABLE usage (
        id INTEGER NOT NULL,
        external_id VARCHAR,
        agreement_id INTEGER NOT NULL,
        item_id INTEGER NOT NULL,
        start_date DATE NOT NULL,
        end_date DATE NOT NULL,
        days INTEGER NOT NULL,
        quantity INTEGER NOT NULL,
        note VARCHAR NOT NULL,
        invoice_id INTEGER,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_usage PRIMARY KEY (id),
        CONSTRAINT uq_usage_external_id UNIQUE (external_id),
        CONSTRAINT ck_usage_span CHECK (end_date > start_date),
        CONSTRAINT fk_usage_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_usage_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_usage_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_usage_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_usage_quantity_integer CHECK (typeof(quantity) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_usage_batch ON usage (batch_id) WHERE batch_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_usage_invoice ON usage (invoice_id) WHERE invoice_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_usage_unbilled ON usage (agreement_id, item_id, end_date, quantity, days) WHERE invoice_id IS
    NULL
    """,
    """
    CREATE TABLE write_off (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        dated DATE NOT NULL,
        amount INTEGER NOT NULL,
        reason VARCHAR NOT NULL,
        reverses_id INTEGER,
        actor VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        CONSTRAINT pk_write_off PRIMARY KEY (id),
        CONSTRAINT fk_write_off_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_write_off_reverses_id FOREIGN KEY(reverses_id) REFERENCES write_off (id),
        CONSTRAINT ck_write_off_amount_integer CHECK (typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_write_off_invoice_id ON write_off (invoice_id)
    """,
    """
    CREATE TABLE bank_match (
        id INTEGER NOT NULL,
        line_id INTEGER NOT NULL,
        reconciliation_id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        amount INTEGER NOT NULL,
        client_id INTEGER,
        payment_id INTEGER,
        withheld_id INTEGER,
        write_off_id INTEGER,
        score INTEGER,
        reasons VARCHAR NOT NULL,
        note VARCHAR NOT NULL,
        recorded BOOLEAN NOT NULL,
        undone_at VARCHAR,
        CONSTRAINT pk_bank_match PRIMARY KEY (id),
        CONSTRAINT ck_bank_match_kind_word CHECK (kind = 'payment' OR kind = 'return' OR kind = 'refund' OR kind =
        'charges' OR kind = 'transfer' OR kind = 'other'),
        CONSTRAINT ck_bank_match_not_zero CHECK (amount <> 0),
        CONSTRAINT fk_bank_match_line_id FOREIGN KEY(line_id) REFERENCES bank_line (id),
        CONSTRAINT fk_bank_match_reconciliation_id FOREIGN KEY(reconciliation_id) REFERENCES reconciliation (id),
        CONSTRAINT fk_bank_match_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_bank_match_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
        CONSTRAINT fk_bank_match_withheld_id FOREIGN KEY(withheld_id) REFERENCES payment (id),
        CONSTRAINT fk_bank_match_write_off_id FOREIGN KEY(write_off_id) REFERENCES write_off (id),
        CONSTRAINT ck_bank_match_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_bank_match_score_integer CHECK (score IS NULL OR typeof(score) = 'integer')
    )
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
    CREATE TABLE delivery_event (
        id INTEGER NOT NULL,
        delivery_id INTEGER NOT NULL,
        at VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        detail VARCHAR NOT NULL,
        actor VARCHAR NOT NULL,
        CONSTRAINT pk_delivery_event PRIMARY KEY (id),
        CONSTRAINT fk_delivery_event_delivery_id FOREIGN KEY(delivery_id) REFERENCES delivery (id)
    )
    """,
    """
    CREATE INDEX ix_delivery_event_delivery_id ON delivery_event (delivery_id)
    """,
    """
    CREATE TABLE finding (
        id INTEGER NOT NULL,
        draft_id INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        severity VARCHAR NOT NULL,
        message VARCHAR NOT NULL,
        remedy VARCHAR NOT NULL,
        field VARCHAR NOT NULL,
        approved BOOLEAN NOT NULL,
        CONSTRAINT pk_finding PRIMARY KEY (id),
        CONSTRAINT ck_finding_severity_word CHECK (severity = 'block' OR severity = 'hold' OR severity = 'note'),
        CONSTRAINT fk_finding_draft_id FOREIGN KEY(draft_id) REFERENCES draft (id)
    )
    """,
    """
    CREATE INDEX ix_finding_draft_id ON finding (draft_id)
    """,
    """
    CREATE TABLE milestone (
        id INTEGER NOT NULL,
        external_id VARCHAR,
        agreement_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        name VARCHAR NOT NULL,
        item_id INTEGER,
        amount INTEGER,
        fraction INTEGER,
        planned_on DATE,
        done_on DATE,
        draft_id INTEGER,
        invoice_id INTEGER,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_milestone PRIMARY KEY (id),
        CONSTRAINT uq_milestone_external_id UNIQUE (external_id),
        CONSTRAINT ck_milestone_amount_or_fraction CHECK ((amount IS NULL) <> (fraction IS NULL)),
        CONSTRAINT fk_milestone_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_milestone_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_milestone_draft_id FOREIGN KEY(draft_id) REFERENCES draft (id),
        CONSTRAINT fk_milestone_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_milestone_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_milestone_amount_integer CHECK (amount IS NULL OR typeof(amount) = 'integer'),
        CONSTRAINT ck_milestone_fraction_integer CHECK (fraction IS NULL OR typeof(fraction) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_milestone_agreement ON milestone (agreement_id, position)
    """,
    """
    CREATE INDEX ix_milestone_invoice ON milestone (invoice_id)
    """,
    """
    CREATE TABLE one_off (
        id INTEGER NOT NULL,
        external_id VARCHAR,
        client_id INTEGER NOT NULL,
        agreement_id INTEGER,
        item_id INTEGER,
        kind VARCHAR NOT NULL,
        due_date DATE NOT NULL,
        description VARCHAR NOT NULL,
        quantity INTEGER NOT NULL,
        unit_price INTEGER,
        currency VARCHAR NOT NULL,
        draft_id INTEGER,
        invoice_id INTEGER,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_one_off PRIMARY KEY (id),
        CONSTRAINT uq_one_off_external_id UNIQUE (external_id),
        CONSTRAINT ck_one_off_kind_word CHECK (kind = 'charge' OR kind = 'discount' OR kind = 'deposit'),
        CONSTRAINT fk_one_off_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_one_off_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_one_off_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_one_off_draft_id FOREIGN KEY(draft_id) REFERENCES draft (id),
        CONSTRAINT fk_one_off_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_one_off_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_one_off_quantity_integer CHECK (typeof(quantity) = 'integer'),
        CONSTRAINT ck_one_off_unit_price_integer CHECK (unit_price IS NULL OR typeof(unit_price) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_one_off_agreement ON one_off (agreement_id)
    """,
    """
    CREATE INDEX ix_one_off_invoice ON one_off (invoice_id)
    """,
    """
    CREATE INDEX ix_one_off_unbilled ON one_off (client_id, due_date) WHERE invoice_id IS NULL
    """,
    """
    CREATE TABLE open_credit (
        id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        payment_id INTEGER,
        credit_note_id INTEGER,
        dated DATE NOT NULL,
        amount INTEGER NOT NULL,
        open INTEGER NOT NULL,
        CONSTRAINT pk_open_credit PRIMARY KEY (id),
        CONSTRAINT uq_open_credit_payment_id UNIQUE (payment_id),
        CONSTRAINT uq_open_credit_credit_note_id UNIQUE (credit_note_id),
        CONSTRAINT ck_open_credit_one_source CHECK ((payment_id IS NULL) <> (credit_note_id IS NULL)),
        CONSTRAINT ck_open_credit_open_within CHECK (open >= 0 AND open <= amount),
        CONSTRAINT fk_open_credit_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_open_credit_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
        CONSTRAINT fk_open_credit_credit_note_id FOREIGN KEY(credit_note_id) REFERENCES invoice (id),
        CONSTRAINT ck_open_credit_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_open_credit_open_integer CHECK (typeof(open) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_open_credit_client ON open_credit (client_id, currency, open) WHERE open > 0
    """,
    """
    CREATE TABLE open_item (
        id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        instalment INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        due_date DATE NOT NULL,
        amount INTEGER NOT NULL,
        open INTEGER NOT NULL,
        since DATE,
        plan_id INTEGER,
        CONSTRAINT pk_open_item PRIMARY KEY (id),
        CONSTRAINT uq_open_item_invoice_id_instalment UNIQUE (invoice_id, instalment),
        CONSTRAINT ck_open_item_open_within CHECK (open >= 0 AND open <= amount),
        CONSTRAINT fk_open_item_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_open_item_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_open_item_plan_id FOREIGN KEY(plan_id) REFERENCES payment_plan (id),
        CONSTRAINT ck_open_item_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_open_item_open_integer CHECK (typeof(open) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_open_item_aging ON open_item (client_id, due_date, currency, open) WHERE open > 0
    """,
    """
    CREATE INDEX ix_open_item_due ON open_item (due_date) WHERE open > 0
    """,
    """
    CREATE TABLE outcome (
        id INTEGER NOT NULL,
        run_id INTEGER NOT NULL,
        agreement_id INTEGER,
        client_id INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        reason_code VARCHAR NOT NULL,
        reason VARCHAR NOT NULL,
        draft_id INTEGER,
        invoice_id INTEGER,
        CONSTRAINT pk_outcome PRIMARY KEY (id),
        CONSTRAINT ck_outcome_state_word CHECK (state = 'ready' OR state = 'held' OR state = 'issued' OR state =
        'skipped' OR state = 'failed'),
        CONSTRAINT fk_outcome_run_id FOREIGN KEY(run_id) REFERENCES run (id),
        CONSTRAINT fk_outcome_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_outcome_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_outcome_draft_id FOREIGN KEY(draft_id) REFERENCES draft (id),
        CONSTRAINT fk_outcome_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id)
    )
    """,
    """
    CREATE INDEX ix_outcome_agreement ON outcome (agreement_id)
    """,
    """
    CREATE INDEX ix_outcome_client_id ON outcome (client_id)
    """,
    """
    CREATE INDEX ix_outcome_draft_id ON outcome (draft_id)
    """,
    """
    CREATE INDEX ix_outcome_invoice_id ON outcome (invoice_id)
    """,
    """
    CREATE UNIQUE INDEX ix_outcome_reserved ON outcome (agreement_id) WHERE (state = 'ready' OR state = 'held' OR
    state = 'failed') AND draft_id IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX ix_outcome_run_agreement ON outcome (run_id, agreement_id)
    """,
    """
    CREATE TABLE reminder (
        id INTEGER NOT NULL,
        run_id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        level INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        disputed INTEGER NOT NULL,
        credit INTEGER NOT NULL,
        fee INTEGER NOT NULL,
        interest INTEGER NOT NULL,
        pay_by DATE NOT NULL,
        channel VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        reason VARCHAR NOT NULL,
        note VARCHAR NOT NULL,
        decided_by VARCHAR,
        delivery_id INTEGER,
        sent_at VARCHAR,
        claim VARCHAR NOT NULL,
        claim_run_id INTEGER,
        CONSTRAINT pk_reminder PRIMARY KEY (id),
        CONSTRAINT ck_reminder_state_word CHECK (state = 'planned' OR state = 'held' OR state = 'sent' OR state =
        'skipped' OR state = 'cancelled' OR state = 'failed'),
        CONSTRAINT ck_reminder_claim_word CHECK (claim = '' OR claim = 'waived' OR claim = 'billed'),
        CONSTRAINT uq_reminder_run_id_client_id_currency UNIQUE (run_id, client_id, currency),
        CONSTRAINT fk_reminder_run_id FOREIGN KEY(run_id) REFERENCES reminder_run (id),
        CONSTRAINT fk_reminder_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_reminder_delivery_id FOREIGN KEY(delivery_id) REFERENCES delivery (id),
        CONSTRAINT fk_reminder_claim_run_id FOREIGN KEY(claim_run_id) REFERENCES run (id),
        CONSTRAINT ck_reminder_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_reminder_disputed_integer CHECK (typeof(disputed) = 'integer'),
        CONSTRAINT ck_reminder_credit_integer CHECK (typeof(credit) = 'integer'),
        CONSTRAINT ck_reminder_fee_integer CHECK (typeof(fee) = 'integer'),
        CONSTRAINT ck_reminder_interest_integer CHECK (typeof(interest) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_reminder_client ON reminder (client_id)
    """,
    """
    CREATE TABLE time_entry (
        id INTEGER NOT NULL,
        external_id VARCHAR,
        client_id INTEGER NOT NULL,
        agreement_id INTEGER,
        item_id INTEGER,
        work_date DATE NOT NULL,
        person VARCHAR NOT NULL,
        hours INTEGER NOT NULL,
        rate INTEGER,
        note VARCHAR NOT NULL,
        billable BOOLEAN NOT NULL,
        draft_id INTEGER,
        invoice_id INTEGER,
        digest VARCHAR NOT NULL,
        batch_id INTEGER,
        CONSTRAINT pk_time_entry PRIMARY KEY (id),
        CONSTRAINT uq_time_entry_external_id UNIQUE (external_id),
        CONSTRAINT fk_time_entry_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_time_entry_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_time_entry_item_id FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_time_entry_draft_id FOREIGN KEY(draft_id) REFERENCES draft (id),
        CONSTRAINT fk_time_entry_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_time_entry_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
        CONSTRAINT ck_time_entry_hours_integer CHECK (typeof(hours) = 'integer'),
        CONSTRAINT ck_time_entry_rate_integer CHECK (rate IS NULL OR typeof(rate) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_time_entry_batch ON time_entry (batch_id)
    """,
    """
    CREATE INDEX ix_time_entry_client ON time_entry (client_id, work_date)
    """,
    """
    CREATE INDEX ix_time_entry_draft ON time_entry (draft_id) WHERE draft_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_time_entry_invoice ON time_entry (invoice_id)
    """,
    """
    CREATE INDEX ix_time_entry_unbilled ON time_entry (agreement_id, work_date) WHERE invoice_id IS NULL
    """,
    """
    CREATE TABLE allocation (
        id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        dated DATE NOT NULL,
        open_item_id INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        payment_id INTEGER,
        credit_note_id INTEGER,
        write_off_id INTEGER,
        plan_id INTEGER,
        reverses_id INTEGER,
        amount INTEGER NOT NULL,
        actor VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        CONSTRAINT pk_allocation PRIMARY KEY (id),
        CONSTRAINT ck_allocation_kind_word CHECK (kind = 'payment' OR kind = 'credit' OR kind = 'write_off' OR kind =
        'discount' OR kind = 'plan'),
        CONSTRAINT ck_allocation_not_zero CHECK (amount <> 0),
        CONSTRAINT fk_allocation_open_item_id FOREIGN KEY(open_item_id) REFERENCES open_item (id),
        CONSTRAINT fk_allocation_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_allocation_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
        CONSTRAINT fk_allocation_credit_note_id FOREIGN KEY(credit_note_id) REFERENCES invoice (id),
        CONSTRAINT fk_allocation_write_off_id FOREIGN KEY(write_off_id) REFERENCES write_off (id),
        CONSTRAINT fk_allocation_plan_id FOREIGN KEY(plan_id) REFERENCES payment_plan (id),
        CONSTRAINT fk_allocation_reverses_id FOREIGN KEY(reverses_id) REFERENCES allocation (id),
        CONSTRAINT ck_allocation_amount_integer CHECK (typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_allocation_credit_note ON allocation (credit_note_id)
    """,
    """
    CREATE INDEX ix_allocation_dated ON allocation (dated)
    """,
    """
    CREATE INDEX ix_allocation_invoice_id ON allocation (invoice_id)
    """,
    """
    CREATE INDEX ix_allocation_item ON allocation (open_item_id, dated)
    """,
    """
    CREATE INDEX ix_allocation_payment ON allocation (payment_id)
    """,
    """
    CREATE TABLE charge (
        id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        agreement_id INTEGER,
        agreement_line_id INTEGER,
        time_entry_id INTEGER,
        one_off_id INTEGER,
        milestone_id INTEGER,
        commitment_id INTEGER,
        credits_id INTEGER,
        part_of_id INTEGER,
        period_start DATE NOT NULL,
        period_end DATE NOT NULL,
        sequence INTEGER NOT NULL,
        invoice_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        quantity INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        mark INTEGER NOT NULL,
        reversed_by INTEGER,
        CONSTRAINT pk_charge PRIMARY KEY (id),
        CONSTRAINT ck_charge_kind_word CHECK (kind = 'recurring' OR kind = 'time' OR kind = 'one_off' OR kind =
        'usage' OR kind = 'milestone' OR kind = 'commitment' OR kind = 'unused'),
        CONSTRAINT ck_charge_span CHECK (period_end > period_start),
        CONSTRAINT fk_charge_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_charge_agreement_line_id FOREIGN KEY(agreement_line_id) REFERENCES agreement_line (id),
        CONSTRAINT fk_charge_time_entry_id FOREIGN KEY(time_entry_id) REFERENCES time_entry (id),
        CONSTRAINT fk_charge_one_off_id FOREIGN KEY(one_off_id) REFERENCES one_off (id),
        CONSTRAINT fk_charge_milestone_id FOREIGN KEY(milestone_id) REFERENCES milestone (id),
        CONSTRAINT fk_charge_commitment_id FOREIGN KEY(commitment_id) REFERENCES commitment (id),
        CONSTRAINT fk_charge_credits_id FOREIGN KEY(credits_id) REFERENCES charge (id),
        CONSTRAINT fk_charge_part_of_id FOREIGN KEY(part_of_id) REFERENCES charge (id),
        CONSTRAINT fk_charge_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_charge_reversed_by FOREIGN KEY(reversed_by) REFERENCES invoice (id),
        CONSTRAINT ck_charge_quantity_integer CHECK (typeof(quantity) = 'integer'),
        CONSTRAINT ck_charge_amount_integer CHECK (typeof(amount) = 'integer')
    )
    """,
    """
    CREATE UNIQUE INDEX ix_charge_commitment_once ON charge (commitment_id, sequence) WHERE reversed_by IS NULL
    AND commitment_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_charge_invoice ON charge (invoice_id, position)
    """,
    """
    CREATE UNIQUE INDEX ix_charge_milestone_once ON charge (milestone_id) WHERE reversed_by IS NULL AND
    milestone_id IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX ix_charge_once ON charge (agreement_line_id, period_end, period_start, sequence) WHERE
    reversed_by IS NULL AND kind = 'recurring'
    """,
    """
    CREATE UNIQUE INDEX ix_charge_one_off_once ON charge (one_off_id) WHERE reversed_by IS NULL AND one_off_id IS
    NOT NULL
    """,
    """
    CREATE INDEX ix_charge_part ON charge (part_of_id) WHERE part_of_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_charge_time_agreement ON charge (agreement_id, amount) WHERE reversed_by IS NULL AND kind =
    'time'
    """,
    """
    CREATE UNIQUE INDEX ix_charge_time_once ON charge (time_entry_id) WHERE reversed_by IS NULL AND time_entry_id
    IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX ix_charge_unused_once ON charge (credits_id, period_start) WHERE credits_id IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX ix_charge_usage_once ON charge (agreement_line_id, period_start, period_end, sequence)
    WHERE reversed_by IS NULL AND kind = 'usage'
    """,
    """
    CREATE TABLE payment_order_item (
        id INTEGER NOT NULL,
        order_id INTEGER NOT NULL,
        client_id INTEGER NOT NULL,
        open_item_id INTEGER,
        credit_id INTEGER,
        amount INTEGER NOT NULL,
        end_to_end VARCHAR NOT NULL,
        holder VARCHAR NOT NULL,
        iban VARCHAR NOT NULL,
        bic VARCHAR NOT NULL,
        routing VARCHAR NOT NULL,
        account_number VARCHAR NOT NULL,
        mandate VARCHAR NOT NULL,
        mandate_date DATE,
        scheme VARCHAR NOT NULL,
        sequence VARCHAR NOT NULL,
        text VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        payment_id INTEGER,
        return_reason VARCHAR NOT NULL,
        CONSTRAINT pk_payment_order_item PRIMARY KEY (id),
        CONSTRAINT ck_payment_order_item_state_word CHECK (state = 'ordered' OR state = 'paid' OR state = 'returned'
        OR state = 'withdrawn'),
        CONSTRAINT ck_payment_order_item_above_zero CHECK (amount > 0),
        CONSTRAINT ck_payment_order_item_one_purpose CHECK ((open_item_id IS NULL) <> (credit_id IS NULL)),
        CONSTRAINT fk_payment_order_item_order_id FOREIGN KEY(order_id) REFERENCES payment_order (id),
        CONSTRAINT fk_payment_order_item_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT fk_payment_order_item_open_item_id FOREIGN KEY(open_item_id) REFERENCES open_item (id),
        CONSTRAINT fk_payment_order_item_credit_id FOREIGN KEY(credit_id) REFERENCES open_credit (id),
        CONSTRAINT uq_payment_order_item_end_to_end UNIQUE (end_to_end),
        CONSTRAINT fk_payment_order_item_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
        CONSTRAINT ck_payment_order_item_amount_integer CHECK (typeof(amount) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_payment_order_item_order_id ON payment_order_item (order_id)
    """,
    """
    CREATE UNIQUE INDEX uq_payment_order_item_open ON payment_order_item (open_item_id) WHERE state = 'ordered'
    AND open_item_id IS NOT NULL
    """,
    """
    CREATE TABLE reminder_item (
        id INTEGER NOT NULL,
        reminder_id INTEGER NOT NULL,
        open_item_id INTEGER NOT NULL,
        level INTEGER NOT NULL,
        days INTEGER NOT NULL,
        open INTEGER NOT NULL,
        disputed INTEGER NOT NULL,
        interest INTEGER NOT NULL,
        stands BOOLEAN NOT NULL,
        CONSTRAINT pk_reminder_item PRIMARY KEY (id),
        CONSTRAINT ck_reminder_item_above_zero CHECK (open > 0),
        CONSTRAINT fk_reminder_item_reminder_id FOREIGN KEY(reminder_id) REFERENCES reminder (id),
        CONSTRAINT fk_reminder_item_open_item_id FOREIGN KEY(open_item_id) REFERENCES open_item (id),
        CONSTRAINT ck_reminder_item_open_integer CHECK (typeof(open) = 'integer'),
        CONSTRAINT ck_reminder_item_disputed_integer CHECK (typeof(disputed) = 'integer'),
        CONSTRAINT ck_reminder_item_interest_integer CHECK (typeof(interest) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_reminder_item_reminder ON reminder_item (reminder_id)
    """,
    """
    CREATE UNIQUE INDEX uq_reminder_item_once ON reminder_item (open_item_id, level) WHERE stands = 1
    """,
    """
    CREATE TABLE journal_entry (
        id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        booked_on DATE NOT NULL,
        invoice_id INTEGER,
        payment_id INTEGER,
        write_off_id INTEGER,
        allocation_id INTEGER,
        cash_movement_id INTEGER,
        CONSTRAINT pk_journal_entry PRIMARY KEY (id),
        CONSTRAINT ck_journal_entry_kind_word CHECK (kind = 'invoice' OR kind = 'credit_note' OR kind = 'payment' OR
        kind = 'write_off' OR kind = 'allocation' OR kind = 'opening' OR kind = 'cash'),
        CONSTRAINT fk_journal_entry_invoice_id FOREIGN KEY(invoice_id) REFERENCES invoice (id),
        CONSTRAINT fk_journal_entry_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
        CONSTRAINT fk_journal_entry_write_off_id FOREIGN KEY(write_off_id) REFERENCES write_off (id),
        CONSTRAINT fk_journal_entry_allocation_id FOREIGN KEY(allocation_id) REFERENCES allocation (id),
        CONSTRAINT fk_journal_entry_cash_movement_id FOREIGN KEY(cash_movement_id) REFERENCES cash_movement (id)
    )
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
    CREATE TABLE posting (
        id INTEGER NOT NULL,
        entry_id INTEGER NOT NULL,
        role VARCHAR NOT NULL,
        client_id INTEGER,
        currency VARCHAR NOT NULL,
        amount INTEGER NOT NULL,
        firm_amount INTEGER,
        category VARCHAR,
        rate INTEGER,
        period_start DATE,
        period_end DATE,
        CONSTRAINT pk_posting PRIMARY KEY (id),
        CONSTRAINT ck_posting_role_word CHECK (role = 'receivable' OR role = 'revenue' OR role = 'deferred_revenue' OR
        role = 'deposits' OR role = 'tax_payable' OR role = 'bank' OR role = 'bad_debt' OR role = 'discount' OR role =
        'rounding' OR role = 'opening' OR role = 'exchange' OR role = 'withholding' OR role = 'cash' OR role = 'fees'
        OR role = 'transit' OR role = 'other'),
        CONSTRAINT fk_posting_entry_id FOREIGN KEY(entry_id) REFERENCES journal_entry (id),
        CONSTRAINT fk_posting_client_id FOREIGN KEY(client_id) REFERENCES client (id),
        CONSTRAINT ck_posting_amount_integer CHECK (typeof(amount) = 'integer'),
        CONSTRAINT ck_posting_firm_amount_integer CHECK (firm_amount IS NULL OR typeof(firm_amount) = 'integer'),
        CONSTRAINT ck_posting_rate_integer CHECK (rate IS NULL OR typeof(rate) = 'integer')
    )
    """,
    """
    CREATE INDEX ix_posting_entry ON posting (entry_id)
    """,
    """
    CREATE INDEX ix_posting_role ON posting (role, client_id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in reversed(STATEMENTS):
        verb, kind, name, *_ = statement.split()
        if (verb, kind) == ("CREATE", "TABLE"):
            op.execute(f"DROP TABLE {name}")
