package bulwark.gateway.control;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.PATH;
import static bulwark.kernel.config.Setting.Kind.PORT;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.gateway.GatewaySettings;
import bulwark.gateway.caller.CallerSettings;
import bulwark.gateway.egress.EgressGuard;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.Setting;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import bulwark.kernel.secrets.SecretBytes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The STOA_ names that a control plane reads. Those that a gateway alone reads are known here too, and have no effect. */
public final class ControlSettings {
    static final String OPERATOR_KEY = "STOA_OPERATOR_KEY";
    static final String PREVIOUS_OPERATOR_KEY = "STOA_OPERATOR_KEY_PREVIOUS";

    /** Of the operator's key. */
    static final RotatedSecret.Names OPERATOR = new RotatedSecret.Names(OPERATOR_KEY, PREVIOUS_OPERATOR_KEY);

    /** Of the control plane itself at Keycloak. */
    static final String CLIENT_ID = "STOA_KEYCLOAK_CLIENT_ID";

    static final String CLIENT_SECRET = "STOA_KEYCLOAK_CLIENT_SECRET";

    static final String ARENA_REPORT = "STOA_POSTURE__ARENA_REPORT_FILE";
    private static final String PREFIX = "STOA_";
    private static final String CERTIFICATE = "STOA_TLS__CERT_FILE";
    static final String CLIENT_CA = "STOA_TLS__CLIENT_CA_FILE";

    private static final String TLS_KEY = "STOA_TLS__KEY_FILE";

    private ControlSettings() {}

    public static Configuration.Schema schema() {
        SettingsTable table = new SettingsTable(PREFIX);
        process(table);
        CallerSettings.addTokenSettings(table);
        EgressGuard.addSettings(table);
        Set<String> own = table.schema(ControlSettings::check).settings().stream()
                .map(Setting::name)
                .collect(Collectors.toSet());
        for (Setting other : GatewaySettings.schema().settings()) {
            if (!own.contains(other.name())) {
                String name = other.name().substring(PREFIX.length());
                String purpose = "read by a gateway alone: " + other.purpose();
                if (other.secret()) {
                    table.ignoredSecret(name, purpose);
                } else {
                    boolean choice = other.kind() == Setting.Kind.CHOICE;
                    table.ignored(name, choice ? TEXT : other.kind(), other.defaultValue(), purpose);
                }
            }
        }
        return table.schema(ControlSettings::check);
    }

    private static void process(SettingsTable table) {
        table.add("PORT", PORT, "8000", "port of the control plane's API, HTTPS once a certificate is configured")
                .add("HOST", TEXT, "127.0.0.1", "address to bind; another than loopback needs a certificate")
                .add("TLS__CERT_FILE", PATH, "", "certificate chain, PEM")
                .add("TLS__KEY_FILE", PATH, "", "private key, PEM")
                .add(
                        "TLS__CLIENT_CA_FILE",
                        PATH,
                        "",
                        "authorities of gateways' client certificates, PEM; set: a gateway must show one beside its key")
                .add("ALLOWED_HOSTS", LIST, "", "host names that requests may name beside loopback's, without TLS")
                .add(
                        "STATE_DIR",
                        PATH,
                        "stoa-state",
                        "folder of the store, of its keys, and of the keys that sign snapshots")
                .add(
                        "ACCEPT_EVIDENCE_LOSS",
                        TEXT,
                        "",
                        "the word that a refused start prints: goes on with a store that is not what was signed")
                .secret(
                        "OPERATOR_KEY",
                        "key of the operator for X-Operator-Key, 32 characters or more; unset: that way is off")
                .secret(
                        "OPERATOR_KEY_PREVIOUS",
                        "the operator's key before the rotation, accepted beside the current one")
                .add(
                        "POSTURE__ARENA_REPORT_FILE",
                        PATH,
                        "",
                        "what ./bulwark bench gateway --arena printed last: the evidence of reports that resilience is tested")
                .add(
                        "KEYCLOAK_CLIENT_ID",
                        TEXT,
                        "",
                        "the control plane's own client at Keycloak, with the role manage-clients: makes the OAuth clients of applications")
                .secret("KEYCLOAK_CLIENT_SECRET", "secret of that client, read again for each use")
                .add("RATE_LIMIT_DEFAULT", COUNT, "1000", "calls of one caller in the window")
                .add("RATE_LIMIT_WINDOW_SECONDS", COUNT, "60", "length of that window")
                .secret(
                        "DATABASE_URL",
                        "sqlite:PATH, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME&sslmode=verify-full; unset: SQLite in the state folder")
                .secret(
                        "DATABASE_MIGRATION_URL",
                        "the same database as the role that owns the schema; set: the role of the other URL gets no right to alter a table");
    }

    private static void check(Configuration settings, SettingFindings findings) {
        EgressGuard.check(settings, findings);
        CallerSettings.checkTokens(settings, findings);
        for (String name : List.of(OPERATOR_KEY, PREVIOUS_OPERATOR_KEY)) {
            Optional<SecretBytes> key = settings.secret(name);
            if (key.isPresent() && key.get().length() < RotatedSecret.MIN_LENGTH) {
                findings.refuse(name + " has fewer than " + RotatedSecret.MIN_LENGTH
                        + " characters and can be guessed; make one with: openssl rand -hex 32");
            }
        }
        if (settings.secret(PREVIOUS_OPERATOR_KEY).isPresent()
                && settings.secret(OPERATOR_KEY).isEmpty()) {
            findings.refuse(PREVIOUS_OPERATOR_KEY + " is set and " + OPERATOR_KEY + " is not; set " + OPERATOR_KEY
                    + " to the key that replaces it");
        }
        if (settings.isSet(CLIENT_ID) != settings.secret(CLIENT_SECRET).isPresent()) {
            findings.refuse(CLIENT_ID + " and " + CLIENT_SECRET + " go together; set both or none");
        }
        if (settings.isSet(CLIENT_ID) && settings.text("STOA_KEYCLOAK_URL").isEmpty()) {
            findings.refuse(CLIENT_ID + " is set and STOA_KEYCLOAK_URL is not; set it, or leave both out");
        }
        if (settings.isSet(CERTIFICATE) != settings.isSet(TLS_KEY)) {
            findings.refuse(CERTIFICATE + " and " + TLS_KEY + " go together; set both or none");
        }
        if (settings.isSet(CLIENT_CA) && !settings.isSet(CERTIFICATE)) {
            findings.refuse(CLIENT_CA + " asks for client certificates, and there is no TLS; set " + CERTIFICATE
                    + " and " + TLS_KEY);
        }
        if (!settings.isSet(CERTIFICATE) && !Loopback.isLoopback(settings.text("STOA_HOST"))) {
            findings.refuse("STOA_HOST is not loopback, and credentials would travel in plaintext; set " + CERTIFICATE
                    + " and " + TLS_KEY);
        }
        for (String name : List.of("STOA_RATE_LIMIT_DEFAULT", "STOA_RATE_LIMIT_WINDOW_SECONDS")) {
            if (settings.count(name) == 0) {
                findings.refuse(name + " must be 1 or more");
            }
        }
    }
}
