package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.contract.EvmAddress;
import bulwark.testkit.CurveKey.Curve;
import bulwark.testkit.KmsServer;
import bulwark.testkit.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where the key of a treasury is, in the folder of a signer that is to use it: its settings, and the address that follows. */
public final class TreasuryBackend implements AutoCloseable {
    private static final AtomicInteger KEYS = new AtomicInteger();

    /** A place of a key. */
    public enum Kind {
        LOCAL,
        KMS,
        PKCS11
    }

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>(Map.of(
            "SEAT_MANAGER_SIGNER_POLICY_FILE", "policy.json",
            "SEAT_MANAGER_APPROVERS_FILE", "approvers.json",
            "SEAT_MANAGER_VAULT_CREATION_CODE_FILE", "vault.hex",
            "SEAT_MANAGER_GENESIS_FORK_VERSION", "00000286"));
    private final @Nullable KmsServer kms;

    private TreasuryBackend(Path folder, @Nullable KmsServer kms) {
        this.folder = folder;
        this.kms = kms;
    }

    /** Makes a key. @param folder of the signer */
    public static TreasuryBackend create(Kind kind, Path folder) throws IOException {
        return switch (kind) {
            case LOCAL -> local(folder);
            case KMS -> kms(folder);
            case PKCS11 -> token(folder);
        };
    }

    private static TreasuryBackend local(Path folder) {
        TreasuryBackend backend = new TreasuryBackend(folder, null);
        backend.environment.put("SEAT_MANAGER_OWNER_PRIVATE_KEY", "0x7c" + "286d".repeat(15) + "11");
        return backend;
    }

    private static TreasuryBackend kms(Path folder) {
        KmsServer server = new KmsServer();
        server.alias("alias/walk", server.createKey(Curve.ECC_SECG_P256K1));
        TreasuryBackend backend = new TreasuryBackend(folder, server);
        backend.environment.put("SEAT_MANAGER_KMS_KEY_ID", "alias/walk");
        backend.environment.put("SEAT_MANAGER_KMS_ENDPOINT", server.endpoint());
        backend.environment.put("AWS_REGION", KmsServer.REGION);
        backend.environment.put("AWS_ACCESS_KEY_ID", KmsServer.ACCESS_KEY);
        backend.environment.put("AWS_SECRET_ACCESS_KEY", KmsServer.SECRET_KEY);
        return backend;
    }

    private static TreasuryBackend token(Path folder) throws IOException {
        SoftHsmToken token = SoftHsmToken.ofThisProcess();
        TreasuryBackend backend = new TreasuryBackend(folder, null);
        backend.write("pin", token.pin() + "\n");
        backend.environment.put("SEAT_MANAGER_PKCS11_LIBRARY", token.library().toString());
        backend.environment.put("SEAT_MANAGER_PKCS11_SLOT", Integer.toString(token.slot()));
        backend.environment.put("SEAT_MANAGER_PKCS11_KEY", "walk-" + KEYS.incrementAndGet());
        backend.environment.put(
                "SEAT_MANAGER_PKCS11_PIN_FILE", folder.resolve("pin").toString());
        Pkcs11TreasuryKey.create(backend.configuration(), folder, Instant.now());
        return backend;
    }

    private Configuration configuration() {
        return Configuration.read(SignerSettings.schema(), environment, folder);
    }

    public EvmAddress address() {
        try (TreasuryKey key = TreasuryKeyOpener.open(configuration(), folder)) {
            if (key == null) {
                throw new AssertionError("no key");
            }
            return key.address();
        }
    }

    /** For the signer alone to read. */
    public void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    public void write(String name, Map<String, Object> json) throws IOException {
        write(name, StrictJson.text(json));
    }

    /** Once policy, approvers and the code of vaults are written. */
    public Signer signer(Clock clock) throws IOException {
        return Signer.start(configuration(), folder, clock);
    }

    @Override
    public void close() {
        if (kms != null) {
            kms.close();
        }
    }
}
