package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Known names that this version does not act on: refused where somebody may rely on the effect, named in a warning otherwise. */
record Unsupported(List<String> refusals, List<String> warnings) {
    private static final Map<String, String> SUPPORTED_VALUE = Map.of(
            "STIGMEM_STORAGE_BACKEND", "sqlite",
            "STIGMEM_AT_REST_ENCRYPTION", "off",
            "STIGMEM_TRUST_MODE", "relaxed",
            "STIGMEM_SOURCE_ATTESTATION_MODE", "off");

    /** Controls and features: on means "not supported yet". */
    private static final List<String> FLAGS = List.of(
            "STIGMEM_FEDERATION_ENABLED",
            "STIGMEM_FEDERATION_PUSH_ENABLED",
            "STIGMEM_ATTESTATION_REQUIRED",
            "STIGMEM_EMBED_ENABLED",
            "STIGMEM_OIDC_ENABLED",
            "STIGMEM_OTEL_ENABLED");

    private static final List<String> GATES = List.of(
            "STIGMEM_TIME_TRAVEL_",
            "STIGMEM_TOMBSTONES_",
            "STIGMEM_MEMORY_GARDEN_ACL_",
            "STIGMEM_SOURCE_ATTESTATION_",
            "STIGMEM_MULTI_TENANT_",
            "STIGMEM_LAZY_INSTRUCTION_DISCOVERY_");

    /** Set at all means that somebody expects it to work. */
    private static final List<String> EXPECTATIONS = List.of(
            "STIGMEM_CORS_ALLOWED_ORIGINS",
            "STIGMEM_CORS_ALLOWED_ORIGIN_REGEX",
            "STIGMEM_LEGACY_SHA256_ACCEPT_UNTIL",
            "STIGMEM_SANITIZER_EXTRA_PATTERNS_FILE",
            "STIGMEM_QUARANTINE_GARDEN_ID",
            "STIGMEM_TRUST_RULES_FILE",
            "STIGMEM_AS_OF_RETENTION_FLOOR",
            "STIGMEM_PLUGIN_UNSIGNED_ACK",
            "STIGMEM_PLUGIN_TRUSTED_PUBLISHERS",
            "STIGMEM_PLUGIN_TRUST_OVERRIDE_PUBLISHERS",
            "STIGMEM_LIBSQL_URL",
            "STIGMEM_LIBSQL_AUTH_TOKEN",
            "STIGMEM_PG_DSN",
            "STIGMEM_DATABASE_URL",
            "STIGMEM_AT_REST_KEY_PASSPHRASE_ENV",
            "STIGMEM_AT_REST_KEY_KMS_URI");

    /** Tuning of things that are not there: harmless, so a warning is enough. */
    private static final List<String> WITHOUT_EFFECT = List.of(
            "STIGMEM_AUDIT_LOG_PATH",
            "STIGMEM_BATCH_MAX_FACTS",
            "STIGMEM_REQUIRE_CID",
            "STIGMEM_RETENTION_",
            "STIGMEM_SUBSCRIPTION_",
            "STIGMEM_ASYNC_JOB_THRESHOLD",
            "STIGMEM_DECAY_",
            "STIGMEM_TRUST_WEIGHT_",
            "STIGMEM_EMBED_",
            "STIGMEM_OIDC_",
            "STIGMEM_OTEL_",
            "STIGMEM_PG_SCHEMA",
            "STIGMEM_POSTGRES_",
            "STIGMEM_PLUGIN_",
            "STIGMEM_CORS_",
            "STIGMEM_FEDERATION_",
            "STIGMEM_PEER_TOKEN_LEEWAY_S");

    static Unsupported of(Configuration configuration) {
        List<String> refusals = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (Setting setting : NodeSettings.schema().settings()) {
            String name = setting.name();
            if (!configuration.isSet(name)) {
                continue;
            }
            String shown = setting.secret() ? name : name + "=" + configuration.text(name);
            if (isRefused(configuration, setting)) {
                refusals.add(name + " is not supported yet: " + remedy(shown, setting));
            } else if (startsWithOne(name, WITHOUT_EFFECT) && !isDefault(configuration, setting)) {
                warnings.add(shown + " has no effect in this version");
            }
        }
        return new Unsupported(List.copyOf(refusals), List.copyOf(warnings));
    }

    private static boolean isRefused(Configuration configuration, Setting setting) {
        String name = setting.name();
        String supported = SUPPORTED_VALUE.get(name);
        if (supported != null) {
            return !configuration.text(name).equalsIgnoreCase(supported);
        }
        if (name.equals("STIGMEM_SANITIZER_MODE")) {
            return List.of("block", "quarantine").contains(configuration.text(name));
        }
        if (FLAGS.contains(name)) {
            return configuration.flag(name);
        }
        if (setting.secret()) {
            return EXPECTATIONS.contains(name);
        }
        return (EXPECTATIONS.contains(name) || startsWithOne(name, GATES)) && !isDefault(configuration, setting);
    }

    private static String remedy(String shown, Setting setting) {
        String supported = SUPPORTED_VALUE.getOrDefault(setting.name(), setting.fallback());
        return shown + " would be ignored. "
                + (supported == null || supported.isEmpty()
                        ? "Leave it unset."
                        : "Set it to " + supported + " or leave it unset.");
    }

    private static boolean isDefault(Configuration configuration, Setting setting) {
        String fallback = setting.fallback();
        if (setting.secret() || fallback == null) {
            return false;
        }
        return switch (setting.kind()) {
            case FLAG -> configuration.flag(setting.name()) == fallback.equals("true");
            case NUMBER -> configuration.number(setting.name()) == Double.parseDouble(fallback);
            default -> configuration.text(setting.name()).equals(fallback);
        };
    }

    private static boolean startsWithOne(String name, List<String> starts) {
        return starts.stream().anyMatch(name::startsWith);
    }
}
