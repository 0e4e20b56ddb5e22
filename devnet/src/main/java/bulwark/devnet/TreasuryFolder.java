package bulwark.devnet;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.HexText;
import bulwark.seats.keystore.Mnemonic;
import bulwark.seats.secret.SecretsFile;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The folders of a service and of its signer, as an operator would fill them: settings, descriptions, keys of people. Every file is its owner's alone. */
final class TreasuryFolder {
    static final List<String> PEOPLE = List.of("anna", "ben");

    private static final String NETWORK = "network.json";
    private static final String APPROVERS = "approvers.json";
    private static final String MAX_FEE_WEI = "50000000000";
    private static final String MAX_GAS = "3000000";
    private static final String PRINCIPAL_WEI = "32000000000000000000";
    private static final String MAX_EXIT_FEE_WEI = "1000000000000000000";

    private final Path folder;
    private final Path signer;
    private final Clock clock;

    TreasuryFolder(Path folder, Clock clock) {
        this.folder = folder;
        this.signer = folder.resolve("signer");
        this.clock = clock;
    }

    /** What the chain is, for the service. */
    void describe(NetworkFile network) throws IOException {
        OwnerOnlyFiles.write(folder.resolve(NETWORK), StrictJson.write(network.json()));
    }

    /** A key for each of {@link #PEOPLE}, and the list of them for service and signer. */
    void people(Signing signing) throws IOException {
        List<Object> entries = new ArrayList<>();
        for (String person : PEOPLE) {
            entries.add(ApproverKey.create(folder.resolve(person + ".key"), person, signing)
                    .listEntry());
        }
        byte[] list = StrictJson.write(Map.of("schema", "csm-approvers/1", "approvers", entries));
        OwnerOnlyFiles.write(folder.resolve(APPROVERS), list);
        OwnerOnlyFiles.createDirectories(signer);
        OwnerOnlyFiles.write(signer.resolve(APPROVERS), list);
    }

    /** @param key of the treasury, for the folder of the signer alone */
    void signer(NetworkFile network, SecretBytes key, Signing signing) throws IOException {
        text(signer.resolve("mnemonic"), Mnemonic.fresh(signing).exposeText(SecretAccess.grant()));
        text(signer.resolve("keystore-password"), HexText.of(signing.random32().expose(SecretAccess.grant())));
        text(signer.resolve("treasury.key"), HexText.of(key.expose(SecretAccess.grant())));
        text(signer.resolve("vault.hex"), HexText.of(ContractCode.WITHDRAWAL_VAULT.creation()));
        OwnerOnlyFiles.write(signer.resolve("policy.json"), StrictJson.write(policy(network)));
        text(signer.resolve(".env"), """
                SEAT_MANAGER_ENV=development
                SEAT_MANAGER_OWNER_PRIVATE_KEY_FILE=treasury.key
                SEAT_MANAGER_MNEMONIC_FILE=mnemonic
                SEAT_MANAGER_KEYSTORE_PASSWORD_FILE=keystore-password
                SEAT_MANAGER_SIGNER_SOCKET=../signer.sock
                SEAT_MANAGER_SIGNER_POLICY_FILE=policy.json
                SEAT_MANAGER_APPROVERS_FILE=approvers.json
                SEAT_MANAGER_VAULT_CREATION_CODE_FILE=vault.hex
                SEAT_MANAGER_GENESIS_FORK_VERSION=%s
                """.formatted(network.genesisForkVersion().text()));
    }

    private static Map<String, Object> policy(NetworkFile network) {
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("schema", "csm-policy/1");
        policy.put("network", network.contracts().json());
        policy.put("treasury", network.treasury().text());
        policy.put(
                "rules",
                List.of(
                        rule("deposits", PRINCIPAL_WEI, "deposit"),
                        rule("exits", MAX_EXIT_FEE_WEI, "force-exit"),
                        rule("replacements", PRINCIPAL_WEI, "fee-bump", "cancel"),
                        rule(
                                "no-value",
                                "0",
                                "vault-deploy",
                                "approve",
                                "remove",
                                "settle-propose",
                                "settle-finalize",
                                "settle-cancel")));
        return policy;
    }

    private static Map<String, Object> rule(String name, String maxValueWei, String... kinds) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("name", name);
        rule.put("effect", "allow");
        rule.put("kinds", List.of(kinds));
        rule.put("maxValueWei", maxValueWei);
        rule.put("maxFeePerGasWei", MAX_FEE_WEI);
        rule.put("maxGas", MAX_GAS);
        rule.put("approvals", PEOPLE.size());
        return rule;
    }

    /** Settings and store of the service. @param execution {@code label=url} of each client, like consensus */
    void service(NetworkFile network, List<String> execution, List<String> consensus) throws IOException {
        new SecretsFile(folder, clock)
                .generate(
                        "DATABASE_URL=sqlite:seats.db",
                        "SEAT_MANAGER_ENV=development",
                        "SEAT_MANAGER_WRITES_ENABLED=true",
                        "SEAT_MANAGER_APPROVALS=" + PEOPLE.size(),
                        "SEAT_MANAGER_APPROVERS_FILE=" + APPROVERS,
                        "SEAT_MANAGER_NETWORK_FILE=" + NETWORK,
                        "SEAT_MANAGER_NETWORK_FILE_SHA256=" + Digests.sha256Hex(StrictJson.write(network.json())),
                        "SEAT_MANAGER_EL_RPC_URLS=" + String.join(",", execution),
                        "SEAT_MANAGER_CL_API_URLS=" + String.join(",", consensus),
                        "SEAT_MANAGER_MAX_HEAD_AGE_SECONDS=600",
                        "SEAT_MANAGER_MAX_FEE_PER_GAS_WEI=" + MAX_FEE_WEI,
                        "SEAT_MANAGER_EL_POLL_SECONDS=2",
                        "SEAT_MANAGER_CL_POLL_SECONDS=4");
        SeatStore.deploy(StoreLocation.file(folder.resolve("seats.db")), "", clock);
    }

    private static void text(Path file, String text) throws IOException {
        OwnerOnlyFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
