package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.approval.Approval;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanGenerator;
import bulwark.seats.plan.PlanKind;
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
    private Signer signer;

    SignerUnderTest(Path folder) throws IOException {
        this(folder, Map.of());
    }

    /** @param more settings beside the usual ones; an empty value takes one away */
    SignerUnderTest(Path folder, Map<String, String> more) throws IOException {
        this.folder = folder;
        treasury = LocalTreasuryKey.parse(SecretBytes.ofText(KEY)).orElseThrow().address();
        plans = new PlanGenerator(100, network, treasury);
        anna = approver("anna");
        bert = approver("bert");
        write(
                "approvers.json",
                Map.of("schema", "csm-approvers/1", "approvers", List.of(anna.listEntry(), bert.listEntry())));
        write("policy.json", policy());
        Files.writeString(own("vault.hex"), "60806040".repeat(40));
        signer = Signer.start(settings(more), folder, clock);
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

    private Map<String, Object> policy() {
        List<Object> rules = new ArrayList<>();
        rules.add(rule("deposits", List.of("deposit"), "32000000000000000000", 2, Map.of("perHour", 5, "perDay", 8)));
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
        Map<String, String> environment = new HashMap<>(Map.of(
                "SEAT_MANAGER_OWNER_PRIVATE_KEY",
                KEY,
                "SEAT_MANAGER_SIGNER_POLICY_FILE",
                "policy.json",
                "SEAT_MANAGER_APPROVERS_FILE",
                "approvers.json",
                "SEAT_MANAGER_VAULT_CREATION_CODE_FILE",
                "vault.hex"));
        environment.putAll(more);
        environment.values().removeIf(String::isEmpty);
        return Configuration.read(SignerSettings.schema(), environment, folder);
    }

    void restart() throws IOException {
        signer.close();
        signer = Signer.start(settings(Map.of()), folder, clock);
    }

    Signer signer() {
        return signer;
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

    Plan plan(PlanKind kind) {
        return plans.plan(kind);
    }

    /** Code of the refusal; {@code signed} when there was none. */
    String outcome(SigningRequest request) {
        try {
            client().sign(request);
            return "signed";
        } catch (SigningRefused e) {
            return e.code();
        }
    }

    @Override
    public void close() {
        signer.close();
    }
}
