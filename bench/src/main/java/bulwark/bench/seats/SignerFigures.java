package bulwark.bench.seats;

import bulwark.bench.DiskBaseline;
import bulwark.bench.LoadResult;
import bulwark.bench.MarkdownTable;
import bulwark.bench.ProcessFigures;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Secp256k1Key;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.plan.CallEncoder;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanPreconditions;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.signer.Signer;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SignerSettings;
import bulwark.seats.signer.SigningRequest;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
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

/** From a plan at the signer's socket to a signed transaction: policy, one approval, a journal that is synced before and after the key, a key of its own. One caller. */
final class SignerFigures {
    private static final int PLANS = 300;
    private static final int WARM_ROUNDS = 2 * SeatsBench.ROUNDS;
    private static final int SYNCS = 2_000;
    private static final BigInteger FEE = new BigInteger("20000000000");
    private static final BigInteger TIP = new BigInteger("1000000000");
    private static final long GWEI = 32_000_000_000L;

    private final Path folder;
    private final SecureRandom random = new SecureRandom();
    private final EvmAddress treasury;
    private final ChainNetwork network;
    private final ApproverKey approver;
    private final Map<String, String> environment;

    private SignerFigures(Path folder) throws IOException {
        this.folder = folder;
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        secret[0] &= 0x7f;
        byte[] point =
                Secp256k1Key.of(SecretBytes.of(secret.clone())).orElseThrow().publicKey();
        treasury = EvmAddress.ofPublicKey(point.length == 65 ? Arrays.copyOfRange(point, 1, 65) : point);
        String code = HexText.of(ContractCode.WITHDRAWAL_VAULT.creation());
        VaultCode vault =
                VaultCode.parse(code.getBytes(StandardCharsets.US_ASCII)).orElseThrow();
        network = new ChainNetwork(286, address(), address(), address(), vault.hash());
        approver = ApproverKey.create(folder.resolve("anna.key"), "anna", Signing.fastest());
        own("vault.hex", code.getBytes(StandardCharsets.US_ASCII));
        own(
                "approvers.json",
                StrictJson.write(Map.of("schema", "csm-approvers/1", "approvers", List.of(approver.listEntry()))));
        own("policy.json", StrictJson.write(policy()));
        environment = Map.of(
                "SEAT_MANAGER_OWNER_PRIVATE_KEY", HexFormat.of().formatHex(secret),
                "SEAT_MANAGER_SIGNER_POLICY_FILE", "policy.json",
                "SEAT_MANAGER_APPROVERS_FILE", "approvers.json",
                "SEAT_MANAGER_VAULT_CREATION_CODE_FILE", "vault.hex",
                "SEAT_MANAGER_GENESIS_FORK_VERSION", "00000286");
    }

    private EvmAddress address() {
        return EvmAddress.of(hex(20));
    }

    private String hex(int bytes) {
        byte[] all = new byte[bytes];
        random.nextBytes(all);
        return HexText.of(all);
    }

    private void own(String name, byte[] content) throws IOException {
        Path file = Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, content);
    }

    private Map<String, Object> policy() {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("name", "approvals");
        rule.put("effect", "allow");
        rule.put("kinds", List.of("approve"));
        rule.put("maxValueWei", "0");
        rule.put("maxFeePerGasWei", "90000000000");
        rule.put("maxGas", "500000");
        rule.put("approvals", 1);
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("schema", "csm-policy/1");
        policy.put("network", network.json());
        policy.put("treasury", treasury.text());
        policy.put("rules", List.of(rule));
        return policy;
    }

    private SigningRequest request(long nonce) {
        PlannedAction action = new PlannedAction.Approve(
                hex(48), "0x01" + "00".repeat(11) + address().text().substring(2), GWEI, network.treasuryRouter());
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Plan plan = new Plan(
                network,
                7,
                treasury,
                CallEncoder.target(action, network, treasury),
                CallEncoder.value(action),
                CallEncoder.calldata(action),
                action,
                new PlanPreconditions(
                        PlanPreconditions.PROPOSER,
                        BigInteger.ONE,
                        "0x" + "00".repeat(32),
                        0,
                        network.treasuryRouter(),
                        "0x" + "11".repeat(32),
                        "0x" + "22".repeat(32)),
                new GasCeiling(400_000, FEE, TIP),
                "olga",
                now,
                now.plusSeconds(86_400));
        return new SigningRequest(
                plan,
                List.of(approver.decide(plan, true, Duration.ofHours(2), Clock.systemUTC())),
                nonce,
                200_000,
                FEE,
                TIP);
    }

    static void measure(Path folder, MarkdownTable table) throws IOException {
        SignerFigures figures = new SignerFigures(folder);
        List<LoadResult> runs = new ArrayList<>();
        double[] before = DiskBaseline.syncMillis(folder, SYNCS);
        long nonce = 0;
        try (Signer signer = Signer.start(
                Configuration.read(SignerSettings.schema(), figures.environment, folder), folder, Clock.systemUTC())) {
            SignerClient client = new SignerClient(folder.resolve("signer.sock"));
            for (int round = -WARM_ROUNDS; round < SeatsBench.ROUNDS; round++) {
                LoadResult run = figures.run(client, nonce);
                nonce += PLANS;
                if (round >= 0) {
                    runs.add(run);
                }
            }
        }
        double[] after = DiskBaseline.syncMillis(folder, SYNCS);
        table.latency("plan at the signer's socket → signed transaction, local key, one caller", runs, "");
        table.row("bare fdatasync of 512 bytes before and after, p50 / p99", sync(before), sync(after), "");
        double disk = Math.min(p99(before), p99(after));
        table.row(
                "p99 of a signature over the p99 of one sync",
                MarkdownTable.text("%.2f ms", MarkdownTable.best(runs, LoadResult::p99Millis) - disk),
                MarkdownTable.text("%.2f ms", MarkdownTable.worst(runs, LoadResult::p99Millis) - disk),
                "< 5 ms");
    }

    private static String sync(double[] millis) {
        return MarkdownTable.text("%.2f / %.2f ms", millis[millis.length / 2], p99(millis));
    }

    private static double p99(double[] sorted) {
        return sorted[(int) (sorted.length * 0.99)];
    }

    /** CPU of caller and signer, which share the process. */
    private LoadResult run(SignerClient client, long first) throws IOException {
        List<SigningRequest> requests = new ArrayList<>();
        for (int i = 0; i < PLANS; i++) {
            requests.add(request(first + i));
        }
        long[] took = new long[PLANS];
        long self = ProcessHandle.current().pid();
        double cpu = ProcessFigures.cpuSeconds(self);
        long start = System.nanoTime();
        for (int i = 0; i < PLANS; i++) {
            long sent = System.nanoTime();
            client.sign(requests.get(i));
            took[i] = System.nanoTime() - sent;
        }
        return LoadResult.of(took, System.nanoTime() - start, ProcessFigures.cpuSeconds(self) - cpu);
    }
}
