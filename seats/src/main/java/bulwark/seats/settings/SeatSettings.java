package bulwark.seats.settings;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.FLAG;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.PATH;
import static bulwark.kernel.config.Setting.Kind.PORT;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting;
import bulwark.kernel.config.SettingsTable;
import java.util.List;

/** Every name of the runbook and of its specification. What is not carried out yet is refused by its name: nobody relies on a control that is not there. */
public final class SeatSettings {
    public static final String SESSION_SECRET = "SESSION_HMAC_SECRET";
    public static final String STEP_UP_SECRET = "STEP_UP_HMAC_SECRET";
    public static final String DATABASE = "DATABASE_URL";
    public static final String DATABASE_MIGRATION = "SEAT_MANAGER_DATABASE_MIGRATION_URL";
    public static final String ADMIN_TOKEN = "ADMIN_TOKEN";
    /** Without the prefix. */
    private static final String FORK_VERSION = "GENESIS_FORK_VERSION";

    public static final String GENESIS_FORK_VERSION = "SEAT_MANAGER_" + FORK_VERSION;
    static final String NODE_ENVIRONMENT = "NODE_ENV";

    private static final Configuration.Schema SCHEMA = table().schema(new SeatSettingRules());

    private SeatSettings() {}

    public static Configuration.Schema schema() {
        return SCHEMA;
    }

    private static SettingsTable table() {
        SettingsTable table = new SettingsTable("SEAT_MANAGER_");
        process(table);
        identity(table);
        signing(table);
        chain(table);
        return table;
    }

    private static void process(SettingsTable table) {
        table.named(
                        secret(
                                DATABASE,
                                "the store: sqlite:PATH for one process, or postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME; mandatory"))
                .named(
                        secret(
                                DATABASE_MIGRATION,
                                "URL of the role that owns the schema, for migrate deploy alone: the role of DATABASE_URL cannot alter a table then"))
                .choice(
                        "ENV",
                        "production",
                        "profile; unset means production, whatever NODE_ENV is not",
                        "production",
                        "staging",
                        "development",
                        "test")
                .named(new Setting(
                        NODE_ENVIRONMENT, TEXT, "", false, "profile where SEAT_MANAGER_ENV is unset: the same words"))
                .add("HOST", TEXT, "127.0.0.1", "address to bind: loopback, behind a proxy that ends TLS")
                .add("PORT", PORT, "8080", "port of the API")
                .add("ALLOWED_HOSTS", LIST, "", "host names that requests may name beside loopback's")
                .add("PUBLIC_ORIGINS", LIST, "", "origins of pages that may sign in: https://admin.example")
                .add(
                        "ACCEPT_EVIDENCE_LOSS",
                        TEXT,
                        "",
                        "the word that a refused start prints: goes on with a store that is not what was signed")
                .refused("TRUSTED_PROXIES", LIST, "", "proxies whose X-Forwarded-For is believed")
                .add("EVIDENCE_DIR", PATH, "./evidence", "folder of evidence bundles: each process has one of its own");
    }

    private static void identity(SettingsTable table) {
        table.named(secret(SESSION_SECRET, "HMAC key of session tokens: 64 hexadecimal characters; mandatory"))
                .named(secret(STEP_UP_SECRET, "HMAC key of step-up tokens: 64 hexadecimal characters; mandatory"))
                .named(secret(ADMIN_TOKEN, "static bearer of an administrator, 32 characters or more; unset: off"))
                .add(
                        "STATIC_ADMIN_TOKEN_SUNSET",
                        TEXT,
                        "",
                        "ISO 8601 date or time from which ADMIN_TOKEN is refused; a date means 00:00 UTC")
                .add("SECURE_COOKIES", FLAG, "true", "Secure and the __Host- prefix on cookies")
                .add("STEP_UP_TTL_SECONDS", COUNT, "300", "how long a step-up token can be used: 30 to 900")
                .add(
                        "STEP_UP_EXTRA_ACTIONS",
                        LIST,
                        "",
                        "actions that ask for a step-up beside generate, settle and force-exit: approve, deposit,"
                                + " revoke, with-vault")
                .refused("REQUIRE_STAKER_AUTH", FLAG, "true", "authentication of staker reads")
                .add(
                        "APPROVALS",
                        COUNT,
                        "1",
                        "persons beside its proposer who must approve a plan: 1 to 10; 2 is recommended")
                .add("APPROVERS_FILE", PATH, "", "list of the people who may approve, with their public keys");
    }

    private static void signing(SettingsTable table) {
        table.add(
                        "WRITES_ENABLED",
                        FLAG,
                        "false",
                        "whether approved plans may be sent; needs execution clients and a signer")
                .add(
                        "SIGNER_SOCKET",
                        PATH,
                        "signer.sock",
                        "Unix socket of the signer that approved plans are handed to")
                .refusedSecret("OWNER_PRIVATE_KEY", "key of the treasury")
                .refusedSecret("DEPOSITOR_PRIVATE_KEY", "key of the depositor")
                .refused("KMS_KEY_ID", TEXT, "", "key of AWS KMS")
                .refused("KMS_ENDPOINT", TEXT, "", "another endpoint of KMS")
                .add("TREASURY_ADDRESS", TEXT, "", "the trusted treasury, whose key signs; plans need it")
                .add("MAX_EXIT_FEE_WEI", TEXT, "1000000000000000", "ceiling of the fee of an exit, in plans")
                .add("MAX_FEE_PER_GAS_WEI", TEXT, "100000000000", "ceiling of the fee of gas, in plans");
    }

    private static void chain(SettingsTable table) {
        table.onlyDefault("RPC_MODE", "direct", "how endpoints are reached", "direct", "ssh-tunnel")
                .add("CHAIN_ID", COUNT, "286", "chain id of plans")
                .secret(
                        "EL_RPC_URLS",
                        "execution clients, two or more: label=url,label=url; needs SEAT_MANAGER_NETWORK_FILE")
                .add("NETWORK_FILE", PATH, "", "description of the chain and its contracts in JSON")
                .add("NETWORK_FILE_SHA256", TEXT, "", "SHA-256 of that file, 64 hexadecimal digits")
                .add(
                        "MAX_HEAD_AGE_SECONDS",
                        COUNT,
                        "120",
                        "age from which the newest block of an execution client is stale: 1 to 3600")
                .secret(
                        "CL_API_URLS",
                        "consensus clients that watchers ask, two or more: label=url,label=url; needs SEAT_MANAGER_EL_RPC_URLS")
                .add("DEPOSIT_CONTRACT", TEXT, "", "address of the deposit contract; plans need it")
                .add("VAULT_FACTORY", TEXT, "", "address of the vault factory; plans need it")
                .add(
                        "TREASURY_ROUTER",
                        TEXT,
                        "",
                        "address of the treasury router, which every plan calls; plans need it")
                .add("CONTRACT_CODE_HASH", TEXT, "", "keccak of the deposit contract's code; plans need it")
                .add("VAULT_CODE_HASH", TEXT, "", "keccak of the code of vaults; plans need it")
                .add(
                        "VAULT_CREATION_CODE_FILE",
                        PATH,
                        "",
                        "creation code of vaults in hexadecimal, of which their addresses follow; plans need it")
                .add(
                        FORK_VERSION,
                        TEXT,
                        "",
                        "genesis fork version of the network, 8 hexadecimal digits; unset: no deposit data is taken")
                .onlyDefault("VERIFY_DEPOSIT_SIGNATURE", "true", "BLS check of deposit data", "true", "false")
                .add("EL_POLL_SECONDS", COUNT, "12", "seconds between looks at the execution layer: 1 to 600")
                .add("CL_POLL_SECONDS", COUNT, "24", "seconds between looks at the consensus layer: 1 to 600")
                .add(
                        "HEARTBEAT_STALE_SECONDS",
                        COUNT,
                        "300",
                        "age at which the heartbeat of a watcher is stale: 30 to 3600")
                .add(
                        "AUTO_SETTLE",
                        FLAG,
                        "true",
                        "whether the watcher proposes and finalises settlements whose conditions hold; needs SEAT_MANAGER_WRITES_ENABLED, and a rule of the signer's policy")
                .refused("CONFIRMATIONS", COUNT, "2", "blocks after a transaction");
    }

    private static Setting secret(String name, String purpose) {
        return new Setting(name, TEXT, null, true, purpose, Setting.Support.SUPPORTED, List.of());
    }
}
