package bulwark.seats.send;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Secp256k1Key;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.Approval;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.chain.LocalContracts;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.keystore.Mnemonic;
import bulwark.seats.plan.CallEncoder;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanPreconditions;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.plan.VaultParameters;
import bulwark.seats.signer.Signer;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SignerSettings;
import bulwark.testkit.AnvilChain;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A treasury with a key of its own: its contracts on a local chain, its signer on a socket, its approvers, and plans that all of them take. */
public final class TreasuryUnderTest implements AutoCloseable {
    public static final String KEYSTORE_PASSWORD = "a password of keystores";
    private static final Signing SIGNING = Signing.fastest();

    public final AnvilChain chain;
    public final LocalContracts contracts;
    final EvmAddress address;
    final ChainNetwork network;
    final Path folder;
    private final VaultCode code;
    private final ApproverKey anna;
    private final Random random = new Random(20_261_128);
    private final String key;
    private Signer signer;

    /** @param folder of the signer */
    public TreasuryUnderTest(AnvilChain chain, Path folder, long number) throws IOException {
        this.chain = chain;
        this.folder = folder;
        byte[] secret =
                HexText.word(BigInteger.valueOf(number).shiftLeft(200).add(BigInteger.valueOf(77_777 + number)));
        key = HexFormat.of().formatHex(secret);
        byte[] point = Secp256k1Key.of(SecretBytes.of(secret)).orElseThrow().publicKey();
        address = EvmAddress.ofPublicKey(point.length == 65 ? Arrays.copyOfRange(point, 1, 65) : point);
        chain.call(
                "anvil_setBalance",
                address.text(),
                "0x" + BigInteger.TEN.pow(22).toString(16));
        contracts = new LocalContracts(chain, address.text());
        code = VaultCode.parse(
                        HexText.of(ContractCode.WITHDRAWAL_VAULT.creation()).getBytes(StandardCharsets.US_ASCII))
                .orElseThrow();
        network = new ChainNetwork(286, contracts.gate, contracts.factory, contracts.router, code.hash());
        anna = ApproverKey.create(folder.resolve("anna.key"), "anna", SIGNING);
        write("approvers.json", Map.of("schema", "csm-approvers/1", "approvers", List.of(anna.listEntry())));
        write("policy.json", policy());
        Files.writeString(own("vault.hex"), HexText.of(ContractCode.WITHDRAWAL_VAULT.creation()));
        Files.writeString(own("mnemonic"), Mnemonic.fresh(SIGNING).exposeText(SecretAccess.grant()));
        Files.writeString(own("keystore-password"), KEYSTORE_PASSWORD);
        startSigner();
    }

    public void startSigner() throws IOException {
        signer = Signer.start(
                Configuration.read(SignerSettings.schema(), signerEnvironment(), folder), folder, Clock.systemUTC());
    }

    Map<String, String> signerEnvironment() {
        return Map.of(
                "SEAT_MANAGER_OWNER_PRIVATE_KEY", key,
                "SEAT_MANAGER_SIGNER_POLICY_FILE", "policy.json",
                "SEAT_MANAGER_APPROVERS_FILE", "approvers.json",
                "SEAT_MANAGER_VAULT_CREATION_CODE_FILE", "vault.hex",
                "SEAT_MANAGER_GENESIS_FORK_VERSION", "00000286",
                "SEAT_MANAGER_MNEMONIC_FILE", "mnemonic",
                "SEAT_MANAGER_KEYSTORE_PASSWORD_FILE", "keystore-password");
    }

    public void stopSigner() {
        signer.close();
    }

    private Path own(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private void write(String name, Map<String, Object> json) throws IOException {
        Files.write(own(name), StrictJson.write(json));
    }

    private Map<String, Object> policy() {
        List<Object> rules = new ArrayList<>();
        rules.add(rule("vaults", List.of("vault-deploy", "approve", "remove"), "0", 1));
        rules.add(rule("deposits", List.of("deposit"), "32000000000000000000", 1));
        rules.add(rule("exits", List.of("force-exit"), "1000000000000000", 1));
        rules.add(rule("settlements", List.of("settle-propose", "settle-finalize", "settle-cancel"), "0", 1));
        rules.add(rule("bumps", List.of("fee-bump"), "32000000000000000000", 1));
        rules.add(rule("cancels", List.of("cancel"), "0", 1));
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("schema", "csm-policy/1");
        policy.put("network", network.json());
        policy.put("treasury", address.text());
        policy.put("rules", rules);
        return policy;
    }

    private static Map<String, Object> rule(String name, List<String> kinds, String value, int approvals) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("name", name);
        rule.put("effect", "allow");
        rule.put("kinds", kinds);
        rule.put("maxValueWei", value);
        rule.put("maxFeePerGasWei", "90000000000");
        rule.put("maxGas", "3000000");
        rule.put("approvals", approvals);
        return rule;
    }

    SignerClient client() {
        return new SignerClient(folder.resolve("signer.sock"));
    }

    public long signed() {
        return Long.parseLong(client().health().path("signed").asString());
    }

    /** A fresh key of a validator. */
    public String pubkey() {
        byte[] bytes = new byte[48];
        random.nextBytes(bytes);
        return HexText.of(bytes);
    }

    VaultParameters parameters() {
        return new VaultParameters(EvmAddress.of(chain.accounts().get(3)), 86_400, BigInteger.TEN.pow(18));
    }

    /** Makes the vault of a key: independent of every other. */
    Plan vaultPlan(String pubkey) {
        return plan(new PlannedAction.DeployVault(pubkey, code.address(network, pubkey, parameters()), parameters()));
    }

    Plan vaultPlan() {
        return vaultPlan(pubkey());
    }

    String credentials(String pubkey) {
        return "0x01" + "00".repeat(11)
                + code.address(network, pubkey, parameters()).text().substring(2);
    }

    EvmAddress vault(String pubkey) {
        return code.address(network, pubkey, parameters());
    }

    Plan plan(PlannedAction action) {
        return plan(
                action,
                CallEncoder.target(action, network, address),
                CallEncoder.value(action),
                CallEncoder.calldata(action),
                new BigInteger("40000000000"));
    }

    /** A replacement, which has the call of another plan or none. */
    Plan plan(PlannedAction action, EvmAddress target, BigInteger value, String calldata, BigInteger maxFee) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String root = action instanceof PlannedAction.Deposit deposit
                ? deposit.expectedDepositRoot()
                : "0x" + "00".repeat(32);
        return new Plan(
                network,
                7,
                address,
                target,
                value,
                calldata,
                action,
                new PlanPreconditions(
                        PlanPreconditions.PROPOSER,
                        BigInteger.ONE,
                        root,
                        0,
                        contracts.router,
                        "0x" + "11".repeat(32),
                        "0x" + "22".repeat(32)),
                new GasCeiling(2_500_000, maxFee, new BigInteger("5000000000")),
                "olga",
                now,
                now.plusSeconds(86_400));
    }

    Plan bump(Plan plan, long nonce) {
        return plan(
                new PlannedAction.BumpFee(plan.digest(), nonce),
                plan.target(),
                plan.value(),
                plan.calldata(),
                new BigInteger("80000000000"));
    }

    Plan cancel(Plan plan, long nonce) {
        return plan(
                new PlannedAction.CancelTransaction(plan.digest(), nonce),
                address,
                BigInteger.ZERO,
                "0x",
                new BigInteger("80000000000"));
    }

    public List<Approval> approvals(Plan plan) {
        return List.of(anna.decide(plan, true, Duration.ofHours(2), Clock.systemUTC()));
    }

    String key() {
        return key;
    }

    public ApproverKey anna() {
        return anna;
    }

    /** Transactions of the treasury that blocks hold. */
    public long mined() {
        return Long.decode(
                chain.call("eth_getTransactionCount", address.text(), "latest").asString());
    }

    /** Vaults that were made, each of which is one effect. */
    public long vaults() {
        return chain.call(
                        "eth_getLogs",
                        Map.of("address", contracts.factory.text(), "fromBlock", "0x0", "toBlock", "latest"))
                .size();
    }

    @Override
    public void close() {
        signer.close();
    }
}
