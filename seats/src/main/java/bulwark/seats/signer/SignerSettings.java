package bulwark.seats.signer;

import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.PATH;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import java.util.List;

/** What an operator can set for the signer: settings of its own, which no other process reads. */
public final class SignerSettings {
    static final String OWNER_KEY = "SEAT_MANAGER_OWNER_PRIVATE_KEY";

    private static final Configuration.Schema SCHEMA = new SettingsTable("SEAT_MANAGER_")
            .add("SIGNER_SOCKET", PATH, "signer.sock", "Unix socket that the signer answers on")
            .add("SIGNER_STORE", PATH, "signer.db", "the signer's own journal")
            .add("SIGNER_POLICY_FILE", PATH, "", "policy: what is signed, under which conditions; needed with a key")
            .add("SIGNER_CALLERS", LIST, "", "users that may call beside the signer's own")
            .add("APPROVERS_FILE", PATH, "", "list of the people whose approvals count, with their public keys")
            .add("VAULT_CREATION_CODE_FILE", PATH, "", "creation code of vaults in hexadecimal; needed with a key")
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
            .secret("OWNER_PRIVATE_KEY", "key of the treasury, in the memory of this process")
            .refused("KMS_KEY_ID", TEXT, "", "key of AWS KMS: its ARN")
            .refused("KMS_ENDPOINT", TEXT, "", "another endpoint of KMS")
            .refused("PKCS11_LIBRARY", PATH, "", "library of a PKCS#11 token")
            .refusedSecret("PKCS11_PIN", "PIN of the token")
            .schema(SignerSettings::check);

    private SignerSettings() {}

    public static Configuration.Schema schema() {
        return SCHEMA;
    }

    private static void check(Configuration settings, SettingFindings findings) {
        boolean local = settings.secret(OWNER_KEY).isPresent();
        if (local && !Loopback.isLoopback(settings.text("SEAT_MANAGER_HOST"))) {
            findings.refuse("SEAT_MANAGER_HOST is not loopback beside " + OWNER_KEY
                    + ": a local key never stands beside a public interface. Bind loopback");
        }
        if (local) {
            for (String name : List.of(
                    "SEAT_MANAGER_SIGNER_POLICY_FILE",
                    "SEAT_MANAGER_APPROVERS_FILE",
                    "SEAT_MANAGER_VAULT_CREATION_CODE_FILE")) {
                if (settings.text(name).isEmpty()) {
                    findings.refuse(name + " is needed with a key: nothing is signed by default");
                }
            }
        }
    }
}
