package bulwark.tasks.setup;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.DURATION;
import static bulwark.kernel.config.Setting.Kind.FLAG;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.PATH;
import static bulwark.kernel.config.Setting.Kind.PORT;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.Setting;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import bulwark.kernel.secrets.SecretAccess;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every {@code STEM_*} name, its kind and its default, in one table. Source of the names: Stem 0.2; those after "ours" are this system's own. A secret may
 * also be given as {@code NAME_FILE}, the path of an owner-only file; URLs count as secrets, because they carry passwords.
 */
public final class TaskSettings {
    private final SettingsTable table = new SettingsTable("STEM_");

    private TaskSettings() {
        stores();
        signing();
        tls();
        worker();
        observation();
        ours();
        supervision();
        elsewhere();
    }

    public static Configuration.Schema schema() {
        return new TaskSettings().table.schema(TaskSettings::check);
    }

    /** The URL of the setting, or null when it is unset. */
    public static @Nullable String url(Configuration configuration, String name) {
        return configuration
                .secret(name)
                .map(secret -> secret.exposeText(SecretAccess.grant()).strip())
                .filter(text -> !text.isEmpty())
                .orElse(null);
    }

    /** Where the broker is: {@code STEM_BROKER_URL}, else the embedded one in the state folder. */
    public static String brokerUrl(Configuration configuration, Path directory) {
        String url = url(configuration, "STEM_BROKER_URL");
        return url != null
                ? url
                : "sqlite:" + stateDirectory(configuration, directory).resolve("tasks.db");
    }

    /** {@code STEM_HEAD_PATH}, absolute; null when it is not set. */
    public static @Nullable Path headFolder(Configuration configuration, Path directory) {
        String folder = configuration.text("STEM_HEAD_PATH");
        return folder.isEmpty()
                ? null
                : directory.resolve(folder).toAbsolutePath().normalize();
    }

    /** Absolute. */
    public static Path stateDirectory(Configuration configuration, Path directory) {
        return directory
                .resolve(configuration.text("STEM_STATE_DIR"))
                .toAbsolutePath()
                .normalize();
    }

    /** What the settings mean together. */
    private static void check(Configuration configuration, SettingFindings findings) {
        String host = configuration.text("STEM_METRICS_HOST");
        if (configuration.port("STEM_METRICS_PORT") != 0 && !Loopback.isLoopback(host)) {
            findings.warn(
                    "SECURITY WARNING: STEM_METRICS_HOST=" + host + " serves metrics and health beyond this machine,"
                            + " in plaintext and without a key. Set it to 127.0.0.1 unless the network is isolated.");
        }
        configuration.list("STEM_METRIC_EXPORTERS").stream()
                .filter(exporter -> !exporter.equalsIgnoreCase("prometheus"))
                .forEach(exporter -> findings.warn("STEM_METRIC_EXPORTERS: " + exporter
                        + " has no effect in this version; metrics are served at /metrics on STEM_METRICS_PORT"));
    }

    private void stores() {
        secret("BROKER_URL", "redis:, rediss:, sqlite: or memory: URL; unset = the embedded broker in STEM_STATE_DIR");
        secret("RESULT_BACKEND_URL", "where results are kept; unset = with the broker");
        secret(
                "SCHEDULE_STORE_URL",
                "where schedules are kept; unset = in STEM_SCHEDULE_FILE if that is set, else with the broker");
        secret("REVOKE_STORE_URL", "where revocations are kept; unset = with the results, else the broker");
        add("DEFAULT_QUEUE", TEXT, "default", "queue of tasks that name none");
        add("ROUTING_CONFIG", PATH, null, "routing file, YAML or JSON");
        add("NAMESPACE", TEXT, "stem", "first part of every key in Redis");
        add(
                "SCHEDULE_FILE",
                PATH,
                null,
                "JSON file of schedules; used when it is set and STEM_SCHEDULE_STORE_URL is not");
    }

    private void signing() {
        add("SIGNING_ALGORITHM", TEXT, "hmac-sha256", "what to sign with: hmac-sha256 or ed25519");
        secret("SIGNING_KEYS", "HMAC keys, id:base64, comma-separated");
        secret("SIGNING_PUBLIC_KEYS", "Ed25519 public keys, id:base64, comma-separated");
        secret("SIGNING_PRIVATE_KEYS", "Ed25519 private keys (32-byte seeds), id:base64, comma-separated");
        secret("SIGNING_ACTIVE_KEY", "id of the key that signs");
        secret("SIGNING_CONTROL_KEY", "ours: id of the key that signs commands to workers; unset = the active key");
        secret(
                "SIGNING_PURPOSES",
                "ours: what each key may sign and when, id:tasks, id:control or id:tasks+control:from/until, comma-separated; unset = every key signs everything");
        add("ALLOW_UNSIGNED", FLAG, "false", "ours: a worker without verification keys may run tasks of anybody");
        add("ALLOW_UNSIGNED_CONTROL", FLAG, "false", "ours: with keys, still obey unsigned control commands");
    }

    private void tls() {
        add("TLS_CA_CERT", PATH, null, "PEM; only this authority is trusted");
        add("TLS_CLIENT_CERT", PATH, null, "PEM certificate shown to the server");
        add("TLS_CLIENT_KEY", PATH, null, "PEM private key (PKCS#8) of that certificate");
        add("TLS_ALLOW_INSECURE", FLAG, "false", "accept any server certificate: for finding faults only");
    }

    private void worker() {
        add("WORKER_QUEUES", LIST, null, "queues of a worker; unset = the default queue");
        add("WORKER_BROADCASTS", LIST, null, "broadcast channels of a worker");
        add("WORKER_NAMESPACE", TEXT, "stem", "whom heartbeats and control commands reach");
        add("CONCURRENCY", COUNT, null, "ours: tasks at once; unset = processors × 4, at least 8");
        add("PREFETCH_MULTIPLIER", COUNT, "2", "entries fetched ahead, as a multiple of the concurrency");
        add("DEFAULT_MAX_RETRIES", COUNT, "3", "retries of a task enqueued by the command line without its own");
        add("HEARTBEAT_INTERVAL", DURATION, "10s", "time between heartbeats; bare numbers are seconds");
        add("HANDLERS", LIST, null, "ours: jars and class folders with further handlers");
        add("LEASE", DURATION, "30s", "ours: how long a task stays with a silent worker before another takes it");
        add("SOFT_GRACE", DURATION, "30s", "ours: how long a soft shutdown waits before it becomes hard");
        add("WARM_LIMIT", DURATION, "10m", "ours: how long a warm shutdown waits before it becomes soft");
        add("FORCE_TIMEOUT", DURATION, "10s", "ours: how long a hard shutdown waits for interrupted tasks to end");
        add("RESULT_RETENTION", DURATION, "1d", "ours: how long results are kept");
        add("EXEC_FILE", PATH, null, "ours: owner-only file of the programs that tasks may run");
        add("MAX_ENVELOPE_BYTES", COUNT, "1048576", "ours: longest envelope that is read");
        add(
                "WORKER_MEMORY_MIB",
                COUNT,
                null,
                "ours: memory of all tasks of a worker together, in MiB; unset or 0 = a third of the heap");
        add("MAX_RESULT_BYTES", COUNT, "1048576", "ours: longest result that is kept, as JSON; at least 1");
        add(
                "MAX_DELIVERIES",
                COUNT,
                "5",
                "ours: deliveries whose holders died before a task is a dead letter; at least 1");
        add("ALLOW_LOSSY_BROKER", FLAG, "false", "ours: start although the broker may evict or forget tasks");
    }

    private void observation() {
        table.choice(
                "LOG_LEVEL",
                "info",
                "ours: least severity that workers and beats log",
                "error",
                "critical",
                "warning",
                "warn",
                "info",
                "debug",
                "trace");
        add("METRICS_PORT", PORT, "0", "ours: /metrics, /healthz and /readyz on loopback; 0 = off");
        add("METRICS_HOST", TEXT, "127.0.0.1", "ours: bind address of the above");
        add("METRIC_EXPORTERS", LIST, null, "console, prometheus or otlp[:url]; only prometheus has an effect");
        table.ignored("OTLP_ENDPOINT", TEXT, null, "collector; only prometheus is exported");
        table.ignored("SIGNALS_ENABLED", FLAG, "true", "whether hooks in the original's programs run");
        table.ignored("SIGNALS_DISABLED", LIST, null, "hooks of the original's programs that do not run");
    }

    private void ours() {
        add("STATE_DIR", PATH, ".stem", "ours: folder of the embedded broker and of the evidence");
        add(
                "HEAD_PATH",
                PATH,
                "",
                "ours: folder outside of the state folder for the newest signed heads of the evidence");
        add("ACCEPT_EVIDENCE_LOSS", TEXT, "", "ours: for one start, the word that a refused start printed");
        add("CONTROL_TIMEOUT", DURATION, "5s", "ours: how long commands to workers wait for replies");
    }

    private void supervision() {
        add("WORKER_COMMAND", TEXT, null, "command of worker multi; unset = stem worker start");
        add("WORKER_NODES", LIST, null, "node names of worker multi");
        add("WORKER_NODE", TEXT, null, "set by worker multi for its children");
        add("WORKER_INDEX", COUNT, null, "set by worker multi for its children");
        add("WORKER_PIDFILE", TEXT, null, "set by worker multi for its children");
        add("WORKER_LOGFILE", TEXT, null, "set by worker multi for its children");
        add("WORKER_HOST", TEXT, null, "set by worker multi for its children");
    }

    /** Names of the original system's other programs, templates, tests and examples: known, so that a shared file of settings is accepted, with a warning. */
    private void elsewhere() {
        for (String name : List.of(
                "WORKFLOW_STORE_URL",
                "WORKFLOW_NAMESPACE",
                "DASHBOARD_NAMESPACE",
                "DASHBOARD_ALERT_WEBHOOK_URLS",
                "DASHBOARD_WEBHOOK_URLS",
                "DASHBOARD_ALERT_BACKLOG_THRESHOLD",
                "DASHBOARD_ALERT_FAILED_TASK_THRESHOLD",
                "DASHBOARD_ALERT_OFFLINE_WORKER_THRESHOLD",
                "DASHBOARD_ALERT_COOLDOWN",
                "CLOUD_ACCESS_TOKEN",
                "CLOUD_API_KEY",
                "CLOUD_NAMESPACE",
                "SCHEDULER_COMMAND",
                "BIN",
                "USER",
                "GROUP",
                "ENV_FILE",
                "PID_DIR",
                "LOG_DIR",
                "WORK_DIR",
                "WORKER_NAME",
                "WORKER_QUEUE",
                "RATE_LIMIT_URL",
                "LOCK_STORE_URL",
                "CONTROL_NAMESPACE",
                "TRACE_EXPORTER",
                "LOG_FORMAT",
                "OTLP_HEADERS",
                "OTLP_METRICS_INTERVAL",
                "REDIS_URL",
                "TEST_REDIS_URL",
                "CHAOS_REDIS_URL",
                "CLI_RUN_MULTI")) {
            table.ignoredSecret(name, "of another program of the original system");
        }
    }

    private void add(String name, Setting.Kind kind, @Nullable String fallback, String purpose) {
        table.add(name, kind, fallback, purpose);
    }

    private void secret(String name, String purpose) {
        table.secret(name, purpose);
    }
}
