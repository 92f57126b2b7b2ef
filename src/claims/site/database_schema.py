"""The tables of the database. The comments stand in the file too: `.schema` shows them."""

SCHEMA = """\
CREATE TABLE claims (
  id TEXT PRIMARY KEY,
  question TEXT NOT NULL,
  statement TEXT NOT NULL,
  scope TEXT NOT NULL,        -- JSON object: where the sentence is claimed to hold
  asserted TEXT NOT NULL,     -- the day on which it was first said
  grounding TEXT NOT NULL,    -- is it what its sources say: faithful, overstated, misattributed, inverted, unsupported
  grounding_because TEXT NOT NULL,
  status TEXT NOT NULL,       -- untested, [leaning-]supported, [leaning-]refuted, inconclusive, void, withdrawn
  grade TEXT,                 -- preliminary, standard, replicated, exact; none where nothing was decided
  headline TEXT NOT NULL,     -- the verdict in words, with what it holds for
  findings TEXT NOT NULL,     -- what was measured, in words; empty where nothing was
  flags TEXT NOT NULL,        -- JSON list of doubts: stale, contested, unregistered, rests-on-fallen, source-moved,
                              -- objection-upheld
  contested_by TEXT NOT NULL, -- JSON list: records (another batch says the opposite), dispute (one is open), rerun
  withdrawn_on TEXT,          -- the day on which it was taken back
  withdrawn_because TEXT,
  record INTEGER REFERENCES records,  -- the record that the status rests on
  experiment TEXT,            -- file in experiments/, without .py
  planned TEXT,               -- an experiment that is still to be written
  watch TEXT NOT NULL,        -- what newer result would change it
  digest TEXT NOT NULL        -- of what a registration fixes: id, statement, scope and check
) STRICT;
CREATE TABLE topics (claim TEXT NOT NULL REFERENCES claims, topic TEXT NOT NULL) STRICT;
CREATE TABLE papers (
  id TEXT PRIMARY KEY,        -- arXiv id without version
  title TEXT,                 -- none: arXiv was not asked
  authors TEXT NOT NULL,      -- JSON list
  published TEXT,
  newest_version INTEGER
) STRICT;
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  claim TEXT NOT NULL REFERENCES claims,
  paper TEXT NOT NULL REFERENCES papers,
  version INTEGER NOT NULL,   -- the version that is cited
  stance TEXT NOT NULL,       -- asserts, supports, contradicts, qualifies, supersedes, mentions
  locator TEXT NOT NULL,
  unverified TEXT,            -- why the locator could not be checked
  says TEXT NOT NULL,
  quote TEXT
) STRICT;
CREATE TABLE reported (       -- numbers that a source prints
  source INTEGER NOT NULL REFERENCES sources,
  metric TEXT NOT NULL,
  low REAL NOT NULL,          -- equal to high where it is one number
  high REAL NOT NULL,
  unit TEXT NOT NULL,
  locator TEXT NOT NULL,
  conditions TEXT
) STRICT;
CREATE TABLE circulated (     -- how a claim is told elsewhere
  claim TEXT NOT NULL REFERENCES claims,
  text TEXT NOT NULL,
  place TEXT,
  label TEXT NOT NULL,        -- as claims.grounding, of this telling
  because TEXT NOT NULL
) STRICT;
CREATE TABLE relations (
  claim TEXT NOT NULL REFERENCES claims,
  kind TEXT NOT NULL,         -- supports, contradicts, refines, depends-on, supersedes
  other TEXT NOT NULL REFERENCES claims,
  because TEXT NOT NULL
) STRICT;
CREATE TABLE disputes (       -- what people hold against a claim
  claim TEXT NOT NULL REFERENCES claims,
  name TEXT NOT NULL,         -- of its file, without .yaml
  person TEXT NOT NULL,
  day TEXT NOT NULL,
  about TEXT NOT NULL,        -- statement, grounding, source, prediction, experiment, evidence, other
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL,     -- JSON list: arXiv ids with version, digests of records
  outcome TEXT,               -- upheld, rejected, fixed; none: it is open
  resolved_by TEXT,
  resolved_on TEXT,
  resolved_because TEXT,
  PRIMARY KEY (claim, name)
) STRICT;
CREATE TABLE replies (        -- signed by whom is not checked
  claim TEXT NOT NULL REFERENCES claims,
  name TEXT NOT NULL,
  person TEXT NOT NULL,
  day TEXT NOT NULL,
  signed_as TEXT NOT NULL,    -- author, contributor
  paper TEXT,                 -- of an author: arXiv id with version
  dispute TEXT,               -- name of the one that it answers; none: the claim itself
  text TEXT NOT NULL,
  PRIMARY KEY (claim, name)
) STRICT;
CREATE TABLE predictions (    -- as registered today
  claim TEXT NOT NULL REFERENCES claims,
  id TEXT NOT NULL,
  metric TEXT NOT NULL,
  condition TEXT,             -- none: over all conditions of a seed, or a difference
  difference_of TEXT,         -- of this condition, paired by seed,
  minus TEXT,                 -- minus this one
  low REAL,                   -- the interval in which the metric must lie; none: no end on this side
  high REAL,
  rival REAL,                 -- the value that the prediction excludes
  PRIMARY KEY (claim, id)
) STRICT;
CREATE TABLE records (        -- every run that was recorded
  id INTEGER PRIMARY KEY,     -- in this file only: `path` is what a record is called
  path TEXT NOT NULL UNIQUE,  -- the file, from the site's top
  claim TEXT NOT NULL,
  experiment TEXT NOT NULL,
  scale TEXT NOT NULL,
  batch INTEGER NOT NULL,
  params TEXT NOT NULL,       -- JSON object
  verdict TEXT,               -- none below five replicates
  grade TEXT NOT NULL,
  n INTEGER NOT NULL,         -- valid replicates that the decision used
  reason TEXT NOT NULL,
  rule INTEGER NOT NULL,
  confirmatory INTEGER NOT NULL,  -- 1: the claim was registered before it ran
  exploratory_because TEXT,
  erratum TEXT,               -- what was wrong with the code that it rests on
  tier TEXT NOT NULL,         -- self-reported, ci, re-run, re-run-elsewhere
  contributor TEXT NOT NULL,
  "commit" TEXT,
  dirty INTEGER NOT NULL,     -- 1: the tree differed from the commit in what matters here
  closure TEXT NOT NULL,      -- digest of the code and data that it rests on
  started TEXT NOT NULL,      -- UTC
  finished TEXT NOT NULL,
  environment TEXT NOT NULL,  -- JSON object
  digest TEXT NOT NULL
) STRICT;
CREATE TABLE verdicts (       -- each prediction in each record, as it was then
  record INTEGER NOT NULL REFERENCES records,
  prediction TEXT NOT NULL,
  estimate REAL,              -- mean over replicates, in the metric's unit
  low REAL,                   -- interval at this level
  high REAL,
  level REAL,
  n INTEGER NOT NULL,
  outside INTEGER NOT NULL,   -- replicates outside the expected interval
  verdict TEXT NOT NULL
) STRICT;
CREATE TABLE replicates (
  id INTEGER PRIMARY KEY,
  record INTEGER NOT NULL REFERENCES records,
  number INTEGER NOT NULL,    -- position in its batch
  seed INTEGER NOT NULL,
  outcome TEXT NOT NULL,      -- ok, crash, timeout, out-of-memory, not-finite
  valid INTEGER NOT NULL,     -- 1: it ended well and passed every gate
  seconds REAL NOT NULL,
  cpu_seconds REAL NOT NULL,
  peak_mib REAL NOT NULL
) STRICT;
CREATE TABLE measurements (
  replicate INTEGER NOT NULL REFERENCES replicates,
  condition TEXT,             -- none: combined over all conditions of the seed
  metric TEXT NOT NULL,
  value REAL NOT NULL
) STRICT;
"""
