package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.approval.Approval;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanGenerator;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultParameters;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A running signer with a policy, two approvers and a key, and plans that it signs. */
final class SignerUnderTest implements AutoCloseable {
    static final String KEY = "0x8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63";
    static final BigInteger FEE = new BigInteger("20000000000");
    static final BigInteger TIP = new BigInteger("1000000000");
    private static final Signing SIGNING = Signing.fastest();

    final SettableClock clock = new SettableClock(PlanGenerator.CREATED.plusSeconds(60));
    final Path folder;
    final EvmAddress treasury;
    final ChainNetwork network = new PlanGenerator(99).network();
    final ApproverKey anna;
    final ApproverKey bert;
    final PlanGenerator plans;
    private final Map<String, String> more;
    private final AtomicInteger validators = new AtomicInteger();
    private @Nullable Signer signer;

    SignerUnderTest(Path folder) throws IOException {
        this(folder, Map.of());
    }

    SignerUnderTest(Path folder, Map<String, String> more) throws IOException {
        this(folder, more, local());
        signer = Signer.start(settings(Map.of()), folder, clock);
    }

    /**
     * The folder alone; {@link #restart} starts the signer.
     *
     * @param more settings beside the usual ones; an empty value takes one away
     */
    SignerUnderTest(Path folder, Map<String, String> more, EvmAddress treasury) throws IOException {
        this.folder = folder;
        this.more = Map.copyOf(more);
        this.treasury = treasury;
        plans = new PlanGenerator(100, network, treasury);
        anna = approver("anna");
        bert = approver("bert");
        write(
                "approvers.json",
                Map.of("schema", "csm-approvers/1", "approvers", List.of(anna.listEntry(), bert.listEntry())));
        write("policy.json", policy(Map.of("perHour", 5, "perDay", 8)));
        Files.writeString(own("vault.hex"), "60806040".repeat(40));
    }

    static EvmAddress local() {
        return LocalTreasuryKey.parse(SecretBytes.ofText(KEY)).orElseThrow().address();
    }

    private ApproverKey approver(String person) throws IOException {
        Path file = folder.resolve(person + ".key");
        return Files.exists(file) ? ApproverKey.open(file, SIGNING) : ApproverKey.create(file, person, SIGNING);
    }

    private Path own(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return file;
    }

    private void write(String name, Map<String, Object> json) throws IOException {
        Files.write(own(name), StrictJson.write(json));
    }

    /** Without a bound of deposits per hour and day. */
    void liftRates() throws IOException {
        write("policy.json", policy(Map.of()));
    }

    /** Two settlements a day without a person, of vaults that it signed a deposit for. */
    void letWatcherSettle() throws IOException {
        Map<String, Object> policy = policy(Map.of());
        List<Object> rules = new ArrayList<>();
        rules.add(rule(
                "watcher",
                List.of("settle-propose", "settle-finalize"),
                "0",
                0,
                Map.of("vaults", List.of("deposited"), "perDay", 2)));
        rules.addAll((List<?>) policy.get("rules"));
        policy.put("rules", rules);
        write("policy.json", policy);
    }

    /** @param rates of deposits */
    private Map<String, Object> policy(Map<String, Object> rates) {
        List<Object> rules = new ArrayList<>();
        rules.add(rule("deposits", List.of("deposit"), "32000000000000000000", 2, rates));
        rules.add(rule("exits", List.of("force-exit"), "1000000000000000000", 2, Map.of()));
        rules.add(rule("daily", List.of("approve", "remove", "vault-deploy", "settle-cancel"), "0", 1, Map.of()));
        rules.add(rule(
                "settlements",
                List.of("settle-propose", "settle-finalize", "claim-principal"),
                "0",
                1,
                Map.of("fromHour", 6, "toHour", 20)));
        rules.add(rule("bumps", List.of("fee-bump"), "32000000000000000000", 0, Map.of()));
        rules.add(rule("cancels", List.of("cancel"), "0", 1, Map.of()));
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("schema", "csm-policy/1");
        policy.put("network", network.json());
        policy.put("treasury", treasury.text());
        policy.put("rules", rules);
        return policy;
    }

    private static Map<String, Object> rule(
            String name, List<String> kinds, String value, int approvals, Map<String, Object> more) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("name", name);
        rule.put("effect", "allow");
        rule.put("kinds", kinds);
        rule.put("maxValueWei", value);
        rule.put("maxFeePerGasWei", "50000000000");
        rule.put("maxGas", "500000");
        rule.put("approvals", approvals);
        rule.putAll(more);
        return rule;
    }

    Configuration settings(Map<String, String> more) {
        return Configuration.read(SignerSettings.schema(), environment(more), folder);
    }

    /** @param more an empty value takes a setting away */
    Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SEAT_MANAGER_OWNER_PRIVATE_KEY",
                KEY,
                "SEAT_MANAGER_SIGNER_POLICY_FILE",
                "policy.json",
                "SEAT_MANAGER_APPROVERS_FILE",
                "approvers.json",
                "SEAT_MANAGER_VAULT_CREATION_CODE_FILE",
                "vault.hex",
                "SEAT_MANAGER_GENESIS_FORK_VERSION",
                SignedDeposit.NETWORK.text()));
        environment.putAll(this.more);
        environment.putAll(more);
        environment.values().removeIf(String::isEmpty);
        return environment;
    }

    void restart() throws IOException {
        close();
        signer = Signer.start(settings(Map.of()), folder, clock);
    }

    Signer signer() {
        return Objects.requireNonNull(signer, "started");
    }

    Path socket() {
        return folder.resolve("signer.sock");
    }

    SignerClient client() {
        return new SignerClient(socket());
    }

    List<Approval> approvals(Plan plan) {
        return List.of(
                anna.decide(plan, true, Duration.ofHours(2), clock),
                bert.decide(plan, true, Duration.ofHours(2), clock));
    }

    SigningRequest request(Plan plan, long nonce) {
        return new SigningRequest(plan, approvals(plan), nonce, 200_000, FEE, TIP);
    }

    /** Of a deposit each a validator of its own, which signed it. */
    Plan plan(PlanKind kind) {
        return kind == PlanKind.DEPOSIT ? plans.plan(deposit(validators.incrementAndGet())) : plans.plan(kind);
    }

    /** @param seed of the validator's key */
    PlannedAction.Deposit deposit(int seed) {
        String pubkey = HexText.of(SignedDeposit.of(seed, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
                .pubkey());
        VaultParameters parameters = new VaultParameters(plans.address(), 7_200, BigInteger.TEN.pow(18));
        EvmAddress vault = PlanGenerator.CODE.address(network, pubkey, parameters);
        byte[] credentials =
                HexText.bytes("0x01" + "00".repeat(11) + vault.text().substring(2));
        DepositData signed = SignedDeposit.of(seed, credentials, SignedDeposit.NETWORK);
        return new PlannedAction.Deposit(
                pubkey,
                HexText.of(credentials),
                HexText.of(signed.signature()),
                HexText.of(signed.dataRoot()),
                plans.hex(32),
                signed.amountGwei(),
                vault,
                parameters);
    }

    /** Code of the refusal, with its reason where it has one; {@code signed} when there was none. */
    String outcome(SigningRequest request) {
        try {
            client().sign(request);
            return "signed";
        } catch (SigningRefused e) {
            return e.reason().isEmpty() ? e.code() : e.code() + " " + e.reason();
        }
    }

    @Override
    public void close() {
        if (signer != null) {
            signer.close();
        }
    }
}
