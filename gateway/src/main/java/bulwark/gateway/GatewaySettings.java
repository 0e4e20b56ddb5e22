package bulwark.gateway;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.FLAG;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.NUMBER;
import static bulwark.kernel.config.Setting.Kind.PATH;
import static bulwark.kernel.config.Setting.Kind.PORT;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.gateway.admin.AdminSettings;
import bulwark.gateway.caller.CallerSettings;
import bulwark.gateway.egress.EgressGuard;
import bulwark.gateway.enforcement.PolicySettings;
import bulwark.gateway.evidence.GatewayEvidence;
import bulwark.gateway.feed.FeedSettings;
import bulwark.gateway.opensearch.OpenSearchSettings;
import bulwark.gateway.possession.CertificateHeader;
import bulwark.gateway.quota.GatewayQuotas;
import bulwark.gateway.redis.RedisSettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import java.nio.file.Path;

/** The STOA_ names, their kinds and defaults, and what the gateway does not carry out yet. */
public final class GatewaySettings {
    private final SettingsTable table = new SettingsTable("STOA_");

    private GatewaySettings() {
        listeners();
        stores();
        identity();
        limits();
        resilience();
        EgressGuard.addSettings(table);
        evidence();
        controlPlane();
        later();
    }

    public static Configuration.Schema schema() {
        return new GatewaySettings()
                .table
                .schema(GatewaySettings::check)
                .withYamlFiles(Path.of("config.yaml"), Path.of("/etc/stoa/config.yaml"));
    }

    private static void check(Configuration settings, SettingFindings findings) {
        PlaneSettings.check(settings, findings);
        ResilienceSettings.check(settings, findings);
        EgressGuard.check(settings, findings);
        FeedSettings.check(settings, findings);
        AdminSettings.check(settings, findings);
        PolicySettings.check(settings, findings);
        CallerSettings.check(settings, findings);
        GatewayQuotas.check(settings, findings);
        GatewayEvidence.check(settings, findings);
        RedisSettings.check(settings, findings);
        OpenSearchSettings.check(settings, findings, () -> EgressGuard.of(settings));
    }

    private void listeners() {
        table.add(
                        "PORT",
                        PORT,
                        "8080",
                        "port of plain HTTP; while TLS is on it answers 308 to the TLS port, but for the health endpoints")
                .add("HOST", TEXT, "", "address to bind; unset: 127.0.0.1, and 0.0.0.0 once TLS is configured")
                .add("TLS__PORT", PORT, "8443", "port of TLS 1.2 and 1.3")
                .add("TLS__CERT_FILE", PATH, "", "certificate chain of the TLS listener, PEM")
                .add("TLS__KEY_FILE", PATH, "", "private key of the TLS listener, PEM")
                .add("TLS__CLIENT_CA_FILE", PATH, "", "CA bundle that vouches for client certificates, PEM")
                .add("TLS__CRL_FILE", PATH, "", "revocation lists of the client CAs, PEM")
                .choice("TLS__CLIENT_AUTH", "none", "client certificates on the TLS listener", "none", "want", "need")
                .choice("TLS__MIN_VERSION", "1.2", "lowest version of TLS", "1.2", "1.3")
                .add(
                        "ADMIN_PORT",
                        PORT,
                        "0",
                        "port of the admin API on loopback; unset: it stands on STOA_PORT while that is bound to loopback")
                .secret(
                        "ADMIN_API_TOKEN",
                        "bearer token of the admin API, 32 characters or more; unset switches the admin API off")
                .secret("ADMIN_API_TOKEN_PREVIOUS", "the token before the rotation, accepted beside the current one")
                .add(
                        "GATEWAY_EXTERNAL_URL",
                        TEXT,
                        "http://localhost:8080",
                        "URL under which clients reach this gateway")
                .onlyDefault(
                        "GATEWAY_MODE", "edge-mcp", "role of this process", "edge-mcp", "sidecar", "proxy", "shadow")
                .onlyDefault(
                        "ENVIRONMENT",
                        "dev",
                        "production refuses what is not hardened",
                        "dev",
                        "staging",
                        "production");
    }

    private void stores() {
        table.add(
                        "STATE_DIR",
                        PATH,
                        "stoa-state",
                        "folder of the store, the journal, the last good snapshot and the keys")
                .add(
                        "ACCEPT_EVIDENCE_LOSS",
                        TEXT,
                        "",
                        "the word that a refused start prints: goes on with a store that is not what was signed")
                .add("JOURNAL__MAX_AGE_DAYS", COUNT, "400", "how long each decision record is kept at least")
                .add(
                        "SECRETS_DIR",
                        PATH,
                        "",
                        "folder of secrets, one in each file, that credentials towards backends name by secret_ref; read again every second")
                .ignoredSecret("DATABASE_URL", "read by a control plane alone: its database")
                .ignoredSecret(
                        "DATABASE_MIGRATION_URL",
                        "read by a control plane alone: its database as the owner of the schema")
                .add("OPENSEARCH_URL", TEXT, "", "OpenSearch that decision records are sent to")
                .add("OPENSEARCH_INDEX", TEXT, "stoa-audit", "index, or alias with a write index, of decision records")
                .secret("OPENSEARCH_CREDENTIALS", "user and password of OpenSearch, joined by a colon");
        RedisSettings.add(table);
    }

    private void identity() {
        CallerSettings.addTokenSettings(table);
        table.refused("KEYCLOAK_CLIENT_ID", TEXT, "", "client of the control plane at Keycloak")
                .refusedSecret("KEYCLOAK_CLIENT_SECRET", "secret of that client")
                .refusedSecret("KEYCLOAK_ADMIN_PASSWORD", "never needed by a gateway")
                .refusedSecret("JWT_SECRET", "tokens signed with a shared secret are not accepted")
                .add("MTLS__ENABLED", FLAG, "false", "client certificates that a trusted proxy passes in headers")
                .add("MTLS__REQUIRE_BINDING", FLAG, "true", "a token must be bound to the certificate")
                .add("MTLS__TRUSTED_PROXIES", TEXT, "", "addresses and prefixes of the proxies, by semicolons")
                .add("MTLS__ALLOWED_ISSUERS", TEXT, "", "issuers of client certificates, by semicolons")
                .add("MTLS__REQUIRED_ROUTES", TEXT, "", "paths that ask for a certificate, such as /x/*, by semicolons")
                .add(
                        "MTLS__TENANT_FROM_DN",
                        FLAG,
                        "true",
                        "the organisation (O) in the subject of a certificate is its tenant: that of a bound token which names none, and no other than a token names");
        CertificateHeader.addSettings(table);
        table.add("DPOP__ENABLED", FLAG, "false", "proofs of possession (RFC 9449)")
                .add("DPOP__REQUIRED", FLAG, "false", "each token needs a proof")
                .add("DPOP__MAX_AGE_SECS", COUNT, "300", "age of a proof")
                .add("DPOP__CLOCK_SKEW_SECS", COUNT, "30", "how far a proof may lie ahead")
                .add("DPOP__JTI_CACHE_TTL_SECS", COUNT, "600", "how long a proof is remembered")
                .add("DPOP__JTI_CACHE_MAX", COUNT, "100000", "how many proofs are remembered")
                .add("SENDER_CONSTRAINT__ENABLED", FLAG, "false", "tokens need a proof or a certificate")
                .add("SENDER_CONSTRAINT__DPOP_REQUIRED", FLAG, "false", "tokens need a proof")
                .add("SENDER_CONSTRAINT__MTLS_REQUIRED", FLAG, "false", "tokens need a certificate");
    }

    private void limits() {
        PlaneSettings.add(table);
        table.add("QUOTA_ENFORCEMENT_ENABLED", FLAG, "true", "quotas of principals are enforced")
                .add(
                        "QUOTA_DEFAULT_RATE_PER_MINUTE",
                        COUNT,
                        "60",
                        "calls a minute of a principal without a plan; 0 is no limit")
                .add(
                        "QUOTA_DEFAULT_DAILY_LIMIT",
                        COUNT,
                        "10000",
                        "calls a day of a principal without a plan; 0 is no limit")
                .add(
                        "PLANS_FILE",
                        PATH,
                        "",
                        "plans and whose they are, for an operator without a control plane, YAML; read again every second")
                .add(
                        "QUOTA_SYNC_INTERVAL_SECS",
                        COUNT,
                        "60",
                        "how often counters are written: what a crash forgets of them at most")
                .add(
                        "RATE_LIMIT_DEFAULT",
                        COUNT,
                        "1000",
                        "calls of a tenant in any stretch of time as long as the window")
                .add("RATE_LIMIT_WINDOW_SECONDS", COUNT, "60", "length of that window")
                .refused("IP_BLOCKLIST", LIST, "", "addresses and prefixes that are refused")
                .refused("IP_BLOCKLIST_FILE", PATH, "", "the same, one a line")
                .refused("ALLOWED_HOSTS", LIST, "", "host names that requests may name")
                .add(
                        "CORS__ALLOWED_ORIGINS",
                        LIST,
                        "",
                        "origins whose pages may call every API that has no cors policy of its own")
                .refused("TRUSTED_PROXIES", LIST, "", "proxies whose X-Forwarded-For counts");
    }

    private void resilience() {
        ResilienceSettings.add(table);
        table.add("CACHE__MAX_MIB", COUNT, "64", "heap for answers that policies of the type caching keep, in MiB")
                .add(
                        "UPSTREAM__CA_FILE",
                        PATH,
                        "",
                        "CA bundle that vouches for https upstreams and OpenSearch beside the authorities of the system, PEM")
                .add(
                        "UPSTREAM__CLIENT_CERT_FILE",
                        PATH,
                        "",
                        "certificate chain that the gateway shows to upstreams that ask for one, PEM")
                .add("UPSTREAM__CLIENT_KEY_FILE", PATH, "", "private key of that certificate, PEM")
                .add(
                        "UPSTREAM__TLS_DIR",
                        PATH,
                        "",
                        "folder of the CA bundles, certificates and keys that single routes name in upstream_tls; each is read again every second");
    }

    private void evidence() {
        table.refused("LOG_LEVEL", TEXT, "info", "least severe message in the log")
                .refused("LOG_FORMAT", TEXT, "json", "form of the log")
                .add("ACCESS_LOG_ENABLED", FLAG, "false", "a line of JSON for each call on the standard output")
                .refused("OTEL_ENABLED", FLAG, "false", "traces are sent")
                .refused("OTEL_ENDPOINT", TEXT, "", "where to")
                .refused("OTEL_SAMPLE_RATE", NUMBER, "1.0", "share of traces")
                .refused("DETAILED_TRACING", FLAG, "false", "spans of each stage");
    }

    private void controlPlane() {
        table.add("CONTROL_PLANE_URL", TEXT, "", "control plane that routes, keys, plans and revocations come from")
                .secret("CONTROL_PLANE_API_KEY", "key of this gateway there, for X-Gateway-Key")
                .add(
                        "CONTROL_PLANE_KEYS",
                        LIST,
                        "",
                        "public keys that may sign its snapshots: its answer's snapshot_keys; two while they are rotated")
                .add("CONTROL_PLANE_CA_FILE", PATH, "", "authorities of its certificate, PEM; unset: those of the JDK")
                .add("CONTROL_PLANE_CLIENT_CERT_FILE", PATH, "", "certificate chain that it is shown, PEM")
                .add("CONTROL_PLANE_CLIENT_KEY_FILE", PATH, "", "private key of that certificate, PEM")
                .add("AUTO_REGISTER", FLAG, "true", "tells it host name, mode and version at start")
                .add("HEARTBEAT_INTERVAL_SECS", COUNT, "30", "time between heartbeats")
                .add("ADVERTISE_URL", TEXT, "", "URL of this gateway that the control plane is told")
                .refused("TARGET_GATEWAY_URL", TEXT, "", "gateway that a sidecar stands beside")
                .refused("ROUTE_RELOAD_ENABLED", FLAG, "false", "routes are read again at an interval")
                .refused("ROUTE_RELOAD_INTERVAL", COUNT, "30", "that interval in seconds")
                .refused("POLICY_ENABLED", FLAG, "true", "policies are executed")
                .refused("POLICY_PATH", PATH, "", "file of policies");
    }

    /** What this gateway does not do, or not yet: each says so at start when somebody relies on it. */
    private void later() {
        table.refused("MCP_SESSION_TTL_MINUTES", COUNT, "30", "sessions of the MCP endpoint")
                .refused("WEBSOCKET_ENABLED", FLAG, "false", "MCP over WebSocket")
                .refused("NATIVE_TOOLS_ENABLED", FLAG, "true", "tools of the MCP endpoint")
                .refused("TOOL_REFRESH_TTL_SECS", COUNT, "300", "refresh of the tool list")
                .refused("TOOL_MAX_STALENESS_SECS", COUNT, "1800", "age of the tool list")
                .refused("TOOL_EXPANSION_MODE", TEXT, "coarse", "one tool for an API, or one for an operation")
                .refused("CLASSIFICATION_ENFORCEMENT_ENABLED", FLAG, "false", "policies by classification")
                .refused("GUARDRAILS_PII_ENABLED", FLAG, "false", "personal data in arguments of tools")
                .refused("GUARDRAILS_PII_REDACT", FLAG, "true", "blacked out rather than refused")
                .refused("GUARDRAILS_INJECTION_ENABLED", FLAG, "false", "injections in arguments of tools")
                .refused("GUARDRAILS_CONTENT_FILTER_ENABLED", FLAG, "false", "content of arguments of tools")
                .refused("PROMPT_GUARD_ENABLED", FLAG, "false", "prompts that try to take over")
                .refused("TOKEN_BUDGET_ENABLED", FLAG, "false", "tokens of language models")
                .refused("K8S_ENABLED", FLAG, "false", "tools from custom resources")
                .refused("KAFKA_ENABLED", FLAG, "false", "events to Kafka");
    }
}
