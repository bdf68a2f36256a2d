"""The tables of the history, and how older files are brought up to date."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: checkpoints are named by it
            name TEXT NOT NULL,
            recipe TEXT NOT NULL,
            dataset TEXT NOT NULL,
            data_description TEXT NOT NULL,
            data_sha256 TEXT NOT NULL,
            created TEXT NOT NULL,                 -- ISO 8601, UTC
            state TEXT NOT NULL,
            message TEXT NOT NULL DEFAULT '',
            device TEXT NOT NULL DEFAULT '',
            engine TEXT NOT NULL DEFAULT '',
            parameters INTEGER NOT NULL DEFAULT 0,
            train_samples INTEGER NOT NULL DEFAULT 0,
            validation_samples INTEGER NOT NULL DEFAULT 0,
            test_samples INTEGER NOT NULL DEFAULT 0,
            epochs_done INTEGER NOT NULL DEFAULT 0,
            best_epoch INTEGER,
            train_s REAL NOT NULL DEFAULT 0,
            val_s REAL NOT NULL DEFAULT 0,
            test_s REAL NOT NULL DEFAULT 0,
            train_loss REAL, train_accuracy REAL,  -- of the epoch whose weights the run has
            val_loss REAL, val_accuracy REAL,
            test_loss REAL, test_accuracy REAL, test_precision REAL, test_recall REAL,
            model TEXT,
            note TEXT NOT NULL DEFAULT '',
            tags TEXT NOT NULL DEFAULT '[]',       -- a JSON list
            study TEXT NOT NULL DEFAULT '',
            trial INTEGER,
            versions TEXT NOT NULL,                -- JSON: name to version
            config TEXT NOT NULL,                  -- JSON: TrainingConfig
            owner TEXT NOT NULL DEFAULT '',        -- the lock that its process holds while it is going
            deleted TEXT                           -- when it was deleted, ISO 8601; hidden until purged
        )
        """,
        "CREATE INDEX runs_going ON runs (id) WHERE state = 'running'",
        "CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL",
        """
        CREATE TABLE epochs (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            loss REAL, accuracy REAL,
            val_loss REAL, val_accuracy REAL, val_precision REAL, val_recall REAL,
            learning_rate REAL,
            is_best INTEGER NOT NULL,
            epoch_s REAL NOT NULL, validation_s REAL NOT NULL, elapsed_s REAL NOT NULL,
            PRIMARY KEY (run, epoch)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE confusions (
            run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            counts TEXT NOT NULL                   -- JSON: rows true, columns predicted
        )
        """,
    ),
)
"""What takes a file from each version (its `user_version`) to the next. Only ever append."""
