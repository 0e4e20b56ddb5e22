package bulwark.facts.node;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.FLAG;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.NUMBER;
import static bulwark.kernel.config.Setting.Kind.PORT;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.facts.QuotaDimensions;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting;
import bulwark.kernel.quota.Quotas;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The STIGMEM_ names, their kinds and defaults. What the node does not do yet is refused or named by {@link StartupRules}. */
public final class NodeSettings {
    static final String PREFIX = "STIGMEM_";

    private final List<Setting> settings = new ArrayList<>();

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
        return new Configuration.Schema(PREFIX, List.copyOf(new NodeSettings().settings));
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
        add("DB_PATH", TEXT, "stigmem.db", "store file");
        add("HOST", TEXT, "", "bind address; empty = 127.0.0.1, or 0.0.0.0 with mutual TLS");
        add("PORT", PORT, "8765", "main listener");
        add("LOCAL_HTTP_PORT", PORT, "8000", "second, plaintext listener when mutual TLS is on; 0 = off");
        add("LOCAL_HTTP_HOST", TEXT, "127.0.0.1", "bind address of the second listener");
        add("ALLOWED_HOSTS", LIST, "", "Host values accepted in plaintext besides the loopback names");
        add("NODE_ID", TEXT, "", "empty = generated once and kept");
        add("NODE_URL", TEXT, "http://localhost:8765", "the node's own URL and entity URI");
        add("LOG_LEVEL", TEXT, "info", "error, warning, info or debug");
        add("CORS_ALLOWED_ORIGINS", LIST, "", "origins that browsers may call from");
        add("CORS_ALLOWED_ORIGIN_REGEX", TEXT, null, "the same as a pattern");
        add("CORS_ALLOW_CREDENTIALS", FLAG, "true", "whether such calls may carry credentials");
        add("CORS_DEV_LOCALHOST", FLAG, "false", "any localhost origin, for development");
    }

    private void accessControl() {
        add("AUTH_REQUIRED", FLAG, "true", "false = every caller is anon:trusted; loopback only");
        secret("ADMIN_KEY", "registered at start for agent:admin");
        secret("BOOTSTRAP_KEY", "first key, for stigmem auth bootstrap-key");
        add("API_KEY_MAX_AGE_DAYS", COUNT, "90", "0 = no maximum");
        add("API_KEY_EXPIRING_SOON_DAYS", COUNT, "30", "warn this many days before");
        add("LEGACY_SHA256_ACCEPT_UNTIL", TEXT, null, "last day of old key hashes");
        add("ATTESTATION_REQUIRED", FLAG, "false", "facts must be signed by an agent key");
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
        add("TL_BACKEND", TEXT, "local", "transparency log: local, rekor or off");
        add("TL_LOCAL_PATH", TEXT, "stigmem_tl.jsonl", "file of the local transparency log");
        add("TL_REKOR_URL", TEXT, "https://rekor.sigstore.dev", "Rekor server");
        add("FACT_CHAIN_CHECKPOINT_INTERVAL", COUNT, "1000", "facts between checkpoints");
        add("FACT_CHAIN_CHECKPOINT_MAX_AGE_S", COUNT, "60", "seconds between checkpoints at most");
        add("FACT_CHAIN_CHECKPOINT_RETRY_S", COUNT, "60", "seconds before a failed checkpoint is tried again");
    }

    private void federation() {
        add("TLS_CERT_PATH", TEXT, "", "node certificate, PEM");
        add("TLS_KEY_PATH", TEXT, "", "its key, PEM");
        add("TLS_CA_BUNDLE", TEXT, "", "CAs of the callers, PEM");
        add("FEDERATION_ENABLED", FLAG, "false", "peers may pull facts");
        add("FEDERATION_PUSH_ENABLED", FLAG, "false", "send facts to peers");
        add("FEDERATION_PUBKEY", TEXT, "", "base64url Ed25519 public key for peers");
        secret("FEDERATION_PRIVKEY", "its private key");
        add("FEDERATION_PULL_INTERVAL_S", COUNT, "30", "seconds between pulls");
        add("FEDERATION_INSECURE", FLAG, "false", "federation without mutual TLS; loopback only");
        add("LOCAL_DEV_ALLOW_INSECURE_NON_LOOPBACK", FLAG, "false", "lifts the loopback rules, for isolated networks");
        add("FEDERATION_NONCE_WINDOW_S", COUNT, "300", "seconds that a nonce is remembered");
        add("PEER_TOKEN_LEEWAY_S", COUNT, "30", "clock difference allowed in peer tokens");
        add("FEDERATION_HLC_MAX_FUTURE_SKEW_S", COUNT, "300", "seconds that a peer's clock may be ahead");
        add("FEDERATION_HLC_MAX_PAST_SKEW_S", COUNT, "2592000", "seconds that it may be behind");
        add("FEDERATION_ALLOW_TEAM", FLAG, "false", "team facts may go to peers");
    }

    private void trust() {
        add("TRUST_MODE", TEXT, "relaxed", "relaxed or strict");
        add("SANITIZER_MODE", TEXT, "warn", "off, warn, quarantine or block");
        add("SANITIZER_EXTRA_PATTERNS_FILE", TEXT, "", "more patterns");
        add("QUARANTINE_GARDEN_ID", TEXT, "", "garden of quarantined facts");
        add("TRUST_RULES_FILE", TEXT, "", "trust rules");
        add("TRUST_WEIGHT_IDENTITY", NUMBER, ".35", "weight in the trust score");
        add("TRUST_WEIGHT_PEER_HISTORY", NUMBER, ".30", "weight in the trust score");
        add("TRUST_WEIGHT_SCOPE_AUTHORITY", NUMBER, ".25", "weight in the trust score");
        add("TRUST_WEIGHT_ATTESTATION_MODE", NUMBER, ".10", "weight in the trust score");
        add("SOURCE_ATTESTATION_MODE", TEXT, "off", "off, warn or enforce");
    }

    private void storage() {
        add("STORAGE_BACKEND", TEXT, "sqlite", "sqlite, libsql or postgres");
        add("LIBSQL_URL", TEXT, "", "libSQL server");
        secret("LIBSQL_AUTH_TOKEN", "its token");
        secret("PG_DSN", "PostgreSQL, with password");
        secret("DATABASE_URL", "the same by its common name");
        add("PG_SCHEMA", TEXT, "public", "PostgreSQL schema");
        add("POSTGRES_POOL_MIN", COUNT, "2", "connections kept");
        add("POSTGRES_POOL_MAX", COUNT, "10", "connections at most");
        add("AT_REST_ENCRYPTION", TEXT, "off", "encryption of the store file");
        add("AT_REST_KEY_PASSPHRASE_ENV", TEXT, "", "name of the variable with its passphrase");
        add("AT_REST_KEY_KMS_URI", TEXT, "", "where its key is");
        add("ASYNC_JOB_THRESHOLD", COUNT, "100000", "facts above which maintenance runs as a job");
        add("DECAY_TTL_SECONDS", COUNT, "0", "0 = no decay by age");
        add("DECAY_MIN_CONFIDENCE", NUMBER, "0.0", "decay below this confidence");
        add("AS_OF_RETENTION_FLOOR", TEXT, "", "oldest moment for questions about the past");
        add("SUBSCRIPTION_REPLAY_S", COUNT, "86400", "seconds of events kept for replay");
        add("SUBSCRIPTION_DELIVERY_SWEEP_S", COUNT, "30", "seconds between deliveries");
        add("SUBSCRIPTION_CIRCUIT_THRESHOLD", COUNT, "10", "failures before a subscriber is left alone");
        add("SUBSCRIPTION_CLAIM_TIMEOUT_S", COUNT, "300", "seconds that a delivery may take");
    }

    private void recallAndPeople() {
        add("EMBED_ENABLED", FLAG, "false", "vectors beside words in recall");
        add("EMBED_MODEL_PROVIDER", TEXT, "local", "where the model runs");
        add("EMBED_MODEL_ID", TEXT, "nomic-embed-text-v1.5", "which model");
        add("EMBED_DIMENSION", COUNT, "768", "length of a vector");
        add("EMBED_OLLAMA_URL", TEXT, "http://localhost:11434", "Ollama server");
        add("EMBED_OPENAI_API_KEY_ENV", TEXT, "OPENAI_API_KEY", "name of the variable with the key");
        add("EMBED_TOMBSTONE_THRESHOLD", NUMBER, "0.1", "share of dead vectors before a rebuild");
        add("OIDC_ENABLED", FLAG, "false", "people sign in with an identity provider");
        add("OIDC_ISSUER_URL", TEXT, "", "its issuer");
        add("OIDC_AUDIENCE", TEXT, "", "our client id there");
        add("OIDC_TOKEN_TTL_HOURS", COUNT, "8", "hours that an exchanged key lives");
        add("OIDC_ID_TOKEN_ALGORITHMS", LIST, "RS256,ES256,PS256,EdDSA", "signatures accepted");
        add("OIDC_ALLOWED_DOMAINS", LIST, "", "mail domains accepted");
        add("OTEL_ENABLED", FLAG, "false", "OpenTelemetry traces");
        add("OTEL_SERVICE_NAME", TEXT, "stigmem-node", "name in traces");
        add("OTEL_EXPORTER_OTLP_ENDPOINT", TEXT, "", "collector");
    }

    private void plugins() {
        add("PLUGIN_SIGNING_REQUIRED", FLAG, "true", "only signed plugins");
        add("PLUGIN_UNSIGNED_ACK", TEXT, "", "plugins accepted unsigned");
        add("PLUGIN_AUTO_DISCOVERY_ENABLED", FLAG, "true", "look for plugins at start");
        add("PLUGIN_TRUSTED_PUBLISHERS", LIST, "", "publishers accepted");
        add("PLUGIN_TRUST_OVERRIDE_PUBLISHERS", LIST, "", "publishers accepted against the list");
        gates("TIME_TRAVEL", "ENABLED", "ALLOW_FACT_QUERY_AS_OF", "ALLOW_RECALL_AS_OF");
        gates("TOMBSTONES", "ENABLED", "ALLOW_ADMIN_ROUTES", "ALLOW_FEDERATION_ROUTES", "ALLOW_RECALL_FILTER");
        gates("TOMBSTONES", "PROPAGATE_TO_PEERS");
        add("TOMBSTONES_REQUIRE_SIGNED_INBOUND", FLAG, "true", "tombstones of peers must be signed");
        add("TOMBSTONES_CACHE_TTL_SECONDS", COUNT, "60", "seconds");
        gates("MEMORY_GARDEN_ACL", "ENABLED", "ENFORCE_ASSERT_AUTHORIZE", "ENFORCE_RECALL_AUTHORIZE");
        gates("MEMORY_GARDEN_ACL", "APPLY_RECALL_FILTER", "ENABLE_OIDC_PERMISSION_CEILING");
        gates("SOURCE_ATTESTATION", "ENABLED", "WARN_ONLY", "ENFORCE_ASSERT_VALIDATION");
        gates("SOURCE_ATTESTATION", "ENFORCE_FEDERATION_INBOUND", "APPLY_RECALL_RANK");
        gates("MULTI_TENANT", "ENABLED");
        gates("LAZY_INSTRUCTION_DISCOVERY", "ENABLED", "ALLOW_MANIFEST_PUBLISH", "ALLOW_INSTRUCTION_RECALL");
        gates("LAZY_INSTRUCTION_DISCOVERY", "ALLOW_FILE_PATH_ENTRIES");
        add("LAZY_INSTRUCTION_DISCOVERY_MAX_MANIFEST_TOKENS", COUNT, "1000", "tokens");
        add("LAZY_INSTRUCTION_DISCOVERY_MAX_BOOT_STUB_TOKENS", COUNT, "500", "tokens");
        add("LAZY_INSTRUCTION_DISCOVERY_MAX_GUARANTEED_UNITS", COUNT, "5", "units");
        add("LAZY_INSTRUCTION_DISCOVERY_AUDIT_TOKEN_TTL_SECONDS", COUNT, "86400", "seconds");
    }

    private void clients() {
        add("URL", TEXT, null, "node that commands talk to");
        secret("API_KEY", "key that commands use");
        add("SOURCE_ENTITY", TEXT, null, "source that commands assert as");
        add("SESSION_ID", TEXT, null, "session of commands");
        add("EVAL_URL", TEXT, null, "node under evaluation");
        secret("EVAL_API_KEY", "its key");
    }

    /** Names that the documentation of the original shows and nothing reads. */
    private void documented() {
        add("AUDIT_LOG_PATH", TEXT, null, "no effect: the audit log is in the store");
        add("BATCH_MAX_FACTS", COUNT, "50", "no effect: there is no batch route");
        add("REQUIRE_CID", FLAG, null, "no effect: every fact has a CID");
        add("RETENTION_DAYS", COUNT, null, "no effect: evidence is never purged");
        add("RETENTION_DRY_RUN", FLAG, null, "no effect: evidence is never purged");
    }

    private void gates(String plugin, String... names) {
        for (String name : names) {
            add(plugin + "_" + name, FLAG, "false", "plugin gate");
        }
    }

    private void add(String name, Setting.Kind kind, @Nullable String fallback, String purpose) {
        settings.add(new Setting(PREFIX + name, kind, fallback, false, purpose));
    }

    private void secret(String name, String purpose) {
        settings.add(new Setting(PREFIX + name, TEXT, null, true, purpose));
    }
}
