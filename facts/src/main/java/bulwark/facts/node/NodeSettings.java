package bulwark.facts.node;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.FLAG;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.NUMBER;
import static bulwark.kernel.config.Setting.Kind.PATH;
import static bulwark.kernel.config.Setting.Kind.PORT;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.facts.QuotaDimensions;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting;
import bulwark.kernel.config.SettingsTable;
import bulwark.kernel.quota.Quotas;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The STIGMEM_ names, their kinds and defaults, and what the node does not carry out; {@link StartupRules} says what they mean together. */
public final class NodeSettings {
    private final SettingsTable table = new SettingsTable("STIGMEM_");

    private NodeSettings() {
        node();
        accessControl();
        quotas();
        keysAndLog();
        federation();
        trust();
        storage();
        recallAndPeople();
        plugins();
        clients();
        documented();
    }

    public static Configuration.Schema schema() {
        return new NodeSettings().table.schema(StartupRules::check);
    }

    /** Where the main listener binds: loopback unless mutual TLS is configured or the operator says otherwise. */
    public static String host(Configuration configuration) {
        String host = configuration.text("STIGMEM_HOST");
        return !host.isEmpty() ? host : mutualTls(configuration) ? "0.0.0.0" : "127.0.0.1";
    }

    /** Certificate and key are both named. */
    public static boolean mutualTls(Configuration configuration) {
        return !configuration.text("STIGMEM_TLS_CERT_PATH").isEmpty()
                && !configuration.text("STIGMEM_TLS_KEY_PATH").isEmpty();
    }

    /** By dimension. A ceiling of 0 leaves its dimension without a limit; both at 0 switch every quota off. */
    public static Map<String, Quotas.Limit> quotaLimits(Configuration configuration) {
        long writes = configuration.count("STIGMEM_RATE_LIMIT_WRITE_PER_HOUR");
        long reads = configuration.count("STIGMEM_RATE_LIMIT_READ_PER_HOUR");
        if (writes == 0 && reads == 0) {
            return Map.of();
        }
        Map<String, Quotas.Limit> limits = new HashMap<>(Map.of(
                QuotaDimensions.TOKEN_ISSUE, new Quotas.Limit(20, 1.0 / 3),
                QuotaDimensions.FEDERATION_PULL, new Quotas.Limit(30, 0.5),
                QuotaDimensions.ADMIN_ACTION, new Quotas.Limit(10, 1.0 / 6),
                QuotaDimensions.SUBSCRIPTION_EVENT, new Quotas.Limit(200, 20),
                QuotaDimensions.AUDIT_EXPORT, new Quotas.Limit(10_000, 167)));
        hourly(limits, QuotaDimensions.FACT_WRITE, writes, configuration.count("STIGMEM_RATE_LIMIT_WRITE_BURST"));
        hourly(limits, QuotaDimensions.FACT_READ, reads, configuration.count("STIGMEM_RATE_LIMIT_READ_BURST"));
        return Map.copyOf(limits);
    }

    private static void hourly(Map<String, Quotas.Limit> limits, String dimension, long perHour, long burst) {
        if (perHour > 0) {
            limits.put(dimension, new Quotas.Limit(Math.clamp(burst, 1, perHour), perHour / 3600.0));
        }
    }

    private void node() {
        add("DB_PATH", PATH, "stigmem.db", "store file");
        add("HOST", TEXT, "", "bind address; empty = 127.0.0.1, or 0.0.0.0 with mutual TLS");
        add("PORT", PORT, "8765", "main listener");
        add("LOCAL_HTTP_PORT", PORT, "8000", "second, plaintext listener when mutual TLS is on; 0 = off");
        add("LOCAL_HTTP_HOST", TEXT, "127.0.0.1", "bind address of the second listener");
        add("ALLOWED_HOSTS", LIST, "", "Host values accepted in plaintext besides the loopback names");
        add("NODE_ID", TEXT, "", "empty = generated once and kept");
        add("NODE_URL", TEXT, "http://localhost:8765", "the node's own URL and entity URI");
        table.choice(
                "LOG_LEVEL",
                "info",
                "least severity that is logged",
                "error",
                "critical",
                "warning",
                "warn",
                "info",
                "debug",
                "trace");
        refused("CORS_ALLOWED_ORIGINS", LIST, "", "origins that browsers may call from");
        refused("CORS_ALLOWED_ORIGIN_REGEX", TEXT, null, "the same as a pattern");
        ignored("CORS_ALLOW_CREDENTIALS", FLAG, "true", "whether such calls may carry credentials");
        ignored("CORS_DEV_LOCALHOST", FLAG, "false", "any localhost origin, for development");
    }

    private void accessControl() {
        add("AUTH_REQUIRED", FLAG, "true", "false = every caller is anon:trusted; loopback only");
        secret("ADMIN_KEY", "registered at start for agent:admin");
        secret("BOOTSTRAP_KEY", "first key, for stigmem auth bootstrap-key");
        add("API_KEY_MAX_AGE_DAYS", COUNT, "90", "0 = no maximum");
        add("API_KEY_EXPIRING_SOON_DAYS", COUNT, "30", "warn this many days before");
        refused("LEGACY_SHA256_ACCEPT_UNTIL", TEXT, null, "last day of old key hashes");
        refused("ATTESTATION_REQUIRED", FLAG, "false", "facts must be signed by an agent key");
    }

    private void quotas() {
        add("RATE_LIMIT_WRITE_PER_HOUR", COUNT, "1000", "writes an hour for each principal; 0 = unlimited");
        add("RATE_LIMIT_READ_PER_HOUR", COUNT, "5000", "reads an hour for each principal; 0 = unlimited");
        add("RATE_LIMIT_WRITE_BURST", COUNT, "100", "writes at once");
        add("RATE_LIMIT_READ_BURST", COUNT, "500", "reads at once");
        add(
                "RATE_LIMIT_OPEN_PER_SECOND",
                COUNT,
                "500",
                "requests a second without a key from one address; 0 = unlimited");
        add("RATE_LIMIT_DISABLED_ACK", FLAG, "false", "the operator knows that both ceilings are 0");
    }

    private void keysAndLog() {
        secret("NODE_PRIVATE_KEY", "base64url Ed25519 seed of the node key");
        secret("ISSUER_PRIVATE_KEY", "base64url Ed25519 seed of the capability issuer key");
        table.choice("TL_BACKEND", "local", "transparency log: local, rekor or off", "local", "rekor", "off");
        add("TL_LOCAL_PATH", PATH, "stigmem_tl.jsonl", "file of the local transparency log");
        add("TL_REKOR_URL", TEXT, NodeLog.PUBLIC_SERVICE, "Rekor server");
        add("TL_REKOR_PUBLIC_KEY", PATH, "", "PEM file with the Rekor server's public keys; empty = the public one's");
        add("HEAD_PATH", PATH, "", "file outside of the store's folder for the newest signed heads; empty = none");
        add("ACCEPT_EVIDENCE_LOSS", TEXT, "", "for one start: the word that a refused start printed");
        add("FACT_CHAIN_CHECKPOINT_INTERVAL", COUNT, "1000", "facts between checkpoints");
        add("FACT_CHAIN_CHECKPOINT_MAX_AGE_S", COUNT, "60", "seconds between checkpoints at most");
        add("FACT_CHAIN_CHECKPOINT_RETRY_S", COUNT, "60", "seconds before a failed checkpoint is tried again");
    }

    private void federation() {
        add("TLS_CA_NAMES", LIST, "", "which names a CA may vouch for: SHA-256 of its certificate=beginning of a URI");
        add("TLS_CERT_PATH", PATH, "", "node certificate, PEM");
        add("TLS_KEY_PATH", PATH, "", "its key, PEM");
        add("TLS_CA_BUNDLE", PATH, "", "CAs of the callers, PEM");
        refused("FEDERATION_ENABLED", FLAG, "false", "peers may pull facts");
        refused("FEDERATION_PUSH_ENABLED", FLAG, "false", "send facts to peers");
        ignored("FEDERATION_PUBKEY", TEXT, "", "base64url Ed25519 public key for peers");
        table.ignoredSecret("FEDERATION_PRIVKEY", "its private key");
        ignored("FEDERATION_PULL_INTERVAL_S", COUNT, "30", "seconds between pulls");
        add("FEDERATION_INSECURE", FLAG, "false", "federation without mutual TLS; loopback only");
        add("LOCAL_DEV_ALLOW_INSECURE_NON_LOOPBACK", FLAG, "false", "lifts the loopback rules, for isolated networks");
        ignored("FEDERATION_NONCE_WINDOW_S", COUNT, "300", "seconds that a nonce is remembered");
        ignored("PEER_TOKEN_LEEWAY_S", COUNT, "30", "clock difference allowed in peer tokens");
        ignored("FEDERATION_HLC_MAX_FUTURE_SKEW_S", COUNT, "300", "seconds that a peer's clock may be ahead");
        ignored("FEDERATION_HLC_MAX_PAST_SKEW_S", COUNT, "2592000", "seconds that it may be behind");
        ignored("FEDERATION_ALLOW_TEAM", FLAG, "false", "team facts may go to peers");
    }

    private void trust() {
        table.onlyDefault("TRUST_MODE", "relaxed", "relaxed or strict", "relaxed", "strict");
        table.onlyDefault(
                "SANITIZER_MODE", "off", "off, warn, quarantine or block", "off", "warn", "quarantine", "block");
        refused("SANITIZER_EXTRA_PATTERNS_FILE", TEXT, "", "more patterns");
        refused("QUARANTINE_GARDEN_ID", TEXT, "", "garden of quarantined facts");
        refused("TRUST_RULES_FILE", TEXT, "", "trust rules");
        ignored("TRUST_WEIGHT_IDENTITY", NUMBER, ".35", "weight in the trust score");
        ignored("TRUST_WEIGHT_PEER_HISTORY", NUMBER, ".30", "weight in the trust score");
        ignored("TRUST_WEIGHT_SCOPE_AUTHORITY", NUMBER, ".25", "weight in the trust score");
        ignored("TRUST_WEIGHT_ATTESTATION_MODE", NUMBER, ".10", "weight in the trust score");
        table.onlyDefault("SOURCE_ATTESTATION_MODE", "off", "off, warn or enforce", "off", "warn", "enforce");
    }

    private void storage() {
        table.onlyDefault("STORAGE_BACKEND", "sqlite", "sqlite, libsql or postgres", "sqlite", "libsql", "postgres");
        refused("LIBSQL_URL", TEXT, "", "libSQL server");
        table.refusedSecret("LIBSQL_AUTH_TOKEN", "its token");
        table.refusedSecret("PG_DSN", "PostgreSQL, with password");
        table.refusedSecret("DATABASE_URL", "the same by its common name");
        ignored("PG_SCHEMA", TEXT, "public", "PostgreSQL schema");
        ignored("POSTGRES_POOL_MIN", COUNT, "2", "connections kept");
        ignored("POSTGRES_POOL_MAX", COUNT, "10", "connections at most");
        refused("AT_REST_ENCRYPTION", TEXT, "off", "encryption of the store file");
        refused("AT_REST_KEY_PASSPHRASE_ENV", TEXT, "", "name of the variable with its passphrase");
        refused("AT_REST_KEY_KMS_URI", TEXT, "", "where its key is");
        ignored("ASYNC_JOB_THRESHOLD", COUNT, "100000", "facts above which maintenance runs as a job");
        ignored("DECAY_TTL_SECONDS", COUNT, "0", "0 = no decay by age");
        ignored("DECAY_MIN_CONFIDENCE", NUMBER, "0.0", "decay below this confidence");
        refused("AS_OF_RETENTION_FLOOR", TEXT, "", "oldest moment for questions about the past");
        ignored("SUBSCRIPTION_REPLAY_S", COUNT, "86400", "seconds of events kept for replay");
        ignored("SUBSCRIPTION_DELIVERY_SWEEP_S", COUNT, "30", "seconds between deliveries");
        ignored("SUBSCRIPTION_CIRCUIT_THRESHOLD", COUNT, "10", "failures before a subscriber is left alone");
        ignored("SUBSCRIPTION_CLAIM_TIMEOUT_S", COUNT, "300", "seconds that a delivery may take");
    }

    private void recallAndPeople() {
        refused("EMBED_ENABLED", FLAG, "false", "vectors beside words in recall");
        ignored("EMBED_MODEL_PROVIDER", TEXT, "local", "where the model runs");
        ignored("EMBED_MODEL_ID", TEXT, "nomic-embed-text-v1.5", "which model");
        ignored("EMBED_DIMENSION", COUNT, "768", "length of a vector");
        ignored("EMBED_OLLAMA_URL", TEXT, "http://localhost:11434", "Ollama server");
        ignored("EMBED_OPENAI_API_KEY_ENV", TEXT, "OPENAI_API_KEY", "name of the variable with the key");
        ignored("EMBED_TOMBSTONE_THRESHOLD", NUMBER, "0.1", "share of dead vectors before a rebuild");
        refused("OIDC_ENABLED", FLAG, "false", "people sign in with an identity provider");
        ignored("OIDC_ISSUER_URL", TEXT, "", "its issuer");
        ignored("OIDC_AUDIENCE", TEXT, "", "our client id there");
        ignored("OIDC_TOKEN_TTL_HOURS", COUNT, "8", "hours that an exchanged key lives");
        ignored("OIDC_ID_TOKEN_ALGORITHMS", LIST, "RS256,ES256,PS256,EdDSA", "signatures accepted");
        ignored("OIDC_ALLOWED_DOMAINS", LIST, "", "mail domains accepted");
        refused("OTEL_ENABLED", FLAG, "false", "OpenTelemetry traces");
        ignored("OTEL_SERVICE_NAME", TEXT, "stigmem-node", "name in traces");
        ignored("OTEL_EXPORTER_OTLP_ENDPOINT", TEXT, "", "collector");
    }

    private void plugins() {
        ignored("PLUGIN_SIGNING_REQUIRED", FLAG, "true", "only signed plugins");
        refused("PLUGIN_UNSIGNED_ACK", TEXT, "", "plugins accepted unsigned");
        ignored("PLUGIN_AUTO_DISCOVERY_ENABLED", FLAG, "true", "look for plugins at start");
        refused("PLUGIN_TRUSTED_PUBLISHERS", LIST, "", "publishers accepted");
        refused("PLUGIN_TRUST_OVERRIDE_PUBLISHERS", LIST, "", "publishers accepted against the list");
        gates("TIME_TRAVEL", "ENABLED", "ALLOW_FACT_QUERY_AS_OF", "ALLOW_RECALL_AS_OF");
        gates("TOMBSTONES", "ENABLED", "ALLOW_ADMIN_ROUTES", "ALLOW_FEDERATION_ROUTES", "ALLOW_RECALL_FILTER");
        gates("TOMBSTONES", "PROPAGATE_TO_PEERS");
        refused("TOMBSTONES_REQUIRE_SIGNED_INBOUND", FLAG, "true", "tombstones of peers must be signed");
        refused("TOMBSTONES_CACHE_TTL_SECONDS", COUNT, "60", "seconds");
        gates("MEMORY_GARDEN_ACL", "ENABLED", "ENFORCE_ASSERT_AUTHORIZE", "ENFORCE_RECALL_AUTHORIZE");
        gates("MEMORY_GARDEN_ACL", "APPLY_RECALL_FILTER", "ENABLE_OIDC_PERMISSION_CEILING");
        gates("SOURCE_ATTESTATION", "ENABLED", "WARN_ONLY", "ENFORCE_ASSERT_VALIDATION");
        gates("SOURCE_ATTESTATION", "ENFORCE_FEDERATION_INBOUND", "APPLY_RECALL_RANK");
        gates("MULTI_TENANT", "ENABLED");
        gates("LAZY_INSTRUCTION_DISCOVERY", "ENABLED", "ALLOW_MANIFEST_PUBLISH", "ALLOW_INSTRUCTION_RECALL");
        gates("LAZY_INSTRUCTION_DISCOVERY", "ALLOW_FILE_PATH_ENTRIES");
        refused("LAZY_INSTRUCTION_DISCOVERY_MAX_MANIFEST_TOKENS", COUNT, "1000", "tokens");
        refused("LAZY_INSTRUCTION_DISCOVERY_MAX_BOOT_STUB_TOKENS", COUNT, "500", "tokens");
        refused("LAZY_INSTRUCTION_DISCOVERY_MAX_GUARANTEED_UNITS", COUNT, "5", "units");
        refused("LAZY_INSTRUCTION_DISCOVERY_AUDIT_TOKEN_TTL_SECONDS", COUNT, "86400", "seconds");
    }

    private void clients() {
        add("URL", TEXT, null, "node that commands talk to");
        secret("API_KEY", "key that commands use");
        ignored("SOURCE_ENTITY", TEXT, null, "source that commands assert as");
        ignored("SESSION_ID", TEXT, null, "session of commands");
        ignored("EVAL_URL", TEXT, null, "node under evaluation");
        table.ignoredSecret("EVAL_API_KEY", "its key");
    }

    /** Names that the documentation of the original shows and nothing reads. */
    private void documented() {
        ignored("AUDIT_LOG_PATH", TEXT, null, "no effect: the audit log is in the store");
        ignored("BATCH_MAX_FACTS", COUNT, "50", "no effect: there is no batch route");
        ignored("REQUIRE_CID", FLAG, null, "no effect: every fact has a CID");
        ignored("RETENTION_DAYS", COUNT, null, "no effect: evidence is never purged");
        ignored("RETENTION_DRY_RUN", FLAG, null, "no effect: evidence is never purged");
    }

    private void gates(String plugin, String... names) {
        for (String name : names) {
            refused(plugin + "_" + name, FLAG, "false", "plugin gate");
        }
    }

    private void add(String name, Setting.Kind kind, @Nullable String fallback, String purpose) {
        table.add(name, kind, fallback, purpose);
    }

    private void refused(String name, Setting.Kind kind, @Nullable String fallback, String purpose) {
        table.refused(name, kind, fallback, purpose);
    }

    private void ignored(String name, Setting.Kind kind, @Nullable String fallback, String purpose) {
        table.ignored(name, kind, fallback, purpose);
    }

    private void secret(String name, String purpose) {
        table.secret(name, purpose);
    }
}
