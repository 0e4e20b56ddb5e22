package bulwark.seats.signer;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.PATH;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting;
import bulwark.kernel.config.SettingsTable;
import java.util.List;

/** What an operator can set for the signer: settings of its own, which no other process reads. */
public final class SignerSettings {
    static final String OWNER_KEY = "SEAT_MANAGER_OWNER_PRIVATE_KEY";
    static final String KMS_KEY = "SEAT_MANAGER_KMS_KEY_ID";
    static final String KMS_ENDPOINT = "SEAT_MANAGER_KMS_ENDPOINT";
    static final String PKCS11_LIBRARY = "SEAT_MANAGER_PKCS11_LIBRARY";
    static final String PKCS11_SLOT = "SEAT_MANAGER_PKCS11_SLOT";
    static final String PKCS11_KEY = "SEAT_MANAGER_PKCS11_KEY";
    static final String PKCS11_PIN = "SEAT_MANAGER_PKCS11_PIN";
    static final String MNEMONIC = "SEAT_MANAGER_MNEMONIC";
    static final String KEYSTORE_PASSWORD = "SEAT_MANAGER_KEYSTORE_PASSWORD";
    static final String FIRST_KEY_INDEX = "SEAT_MANAGER_FIRST_KEY_INDEX";
    static final String FORK_VERSION = "SEAT_MANAGER_GENESIS_FORK_VERSION";

    /** Each names a key of the treasury, the preferred ones first. */
    static final List<String> KEYS = List.of(KMS_KEY, PKCS11_LIBRARY, OWNER_KEY);

    private static final Configuration.Schema SCHEMA = table().schema(new SignerSettingRules());

    private SignerSettings() {}

    public static Configuration.Schema schema() {
        return SCHEMA;
    }

    private static SettingsTable table() {
        SettingsTable table = new SettingsTable("SEAT_MANAGER_")
                .add("SIGNER_SOCKET", PATH, "signer.sock", "Unix socket that the signer answers on")
                .add("SIGNER_STORE", PATH, "signer.db", "the signer's own journal")
                .add(
                        "SIGNER_POLICY_FILE",
                        PATH,
                        "",
                        "policy: what is signed, under which conditions; needed with a key")
                .add("SIGNER_CALLERS", LIST, "", "users that may call beside the signer's own")
                .add("APPROVERS_FILE", PATH, "", "list of the people whose approvals count, with their public keys")
                .add("VAULT_CREATION_CODE_FILE", PATH, "", "creation code of vaults in hexadecimal; needed with a key")
                .add(
                        "GENESIS_FORK_VERSION",
                        TEXT,
                        "",
                        "genesis fork version of the network, which BLS signatures of deposits are verified for; needed with a key")
                .add(
                        "HOST",
                        TEXT,
                        "127.0.0.1",
                        "address that the API beside this signer binds: with a local key it must be loopback")
                .add(
                        "ACCEPT_EVIDENCE_LOSS",
                        TEXT,
                        "",
                        "the word that a refused start prints: goes on with a journal that is not what was signed")
                .secret(
                        "MNEMONIC",
                        "24 words (BIP-39) that keys of validators are derived from: in a file alone, named by"
                                + " SEAT_MANAGER_MNEMONIC_FILE, or on standard input")
                .secret(
                        "KEYSTORE_PASSWORD",
                        "password of the keystores of derived keys: in a file alone, named by"
                                + " SEAT_MANAGER_KEYSTORE_PASSWORD_FILE; needed with a mnemonic")
                .add(
                        "FIRST_KEY_INDEX",
                        COUNT,
                        "0",
                        "least index of derived keys: greater than that of every key which the mnemonic made elsewhere")
                .choice("ENV", "production", "profile; unset means production", "production", "staging", "development");
        keys(table);
        return table;
    }

    private static void keys(SettingsTable table) {
        table.secret("OWNER_PRIVATE_KEY", "key of the treasury, in the memory of this process")
                .add(
                        "KMS_KEY_ID",
                        TEXT,
                        "",
                        "key of the treasury in AWS KMS: its ARN, id or alias; before any other key")
                .add("KMS_ENDPOINT", TEXT, "", "another endpoint of KMS; in production on loopback alone")
                .named(new Setting(
                        "AWS_REGION", TEXT, "", false, "region of KMS; the one of the key's ARN where unset"))
                .named(new Setting("AWS_DEFAULT_REGION", TEXT, "", false, "region of KMS where AWS_REGION is unset"))
                .named(new Setting("AWS_ACCESS_KEY_ID", TEXT, null, true, "credentials for KMS: id of the access key"))
                .named(new Setting(
                        "AWS_SECRET_ACCESS_KEY", TEXT, null, true, "credentials for KMS: secret of the access key"))
                .named(new Setting(
                        "AWS_SESSION_TOKEN", TEXT, null, true, "credentials for KMS: token, where they are temporary"))
                .add("PKCS11_LIBRARY", PATH, "", "library of a PKCS#11 token that holds the key of the treasury")
                .add("PKCS11_SLOT", COUNT, "0", "number of the token's slot, as its maker's tool shows it")
                .add("PKCS11_KEY", TEXT, "treasury", "label of the key in the token")
                .secret("PKCS11_PIN", "PIN of the token: in a file alone, named by SEAT_MANAGER_PKCS11_PIN_FILE");
    }
}
