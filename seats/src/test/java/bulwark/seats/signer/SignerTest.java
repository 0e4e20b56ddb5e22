package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.error.OperatorError;
import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.signing.Secp256k1;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a signer signs, and what its memory keeps it from, over its socket. */
@Timeout(180)
class SignerTest {
    @TempDir
    Path folder;

    @Test
    void every_kind_of_plan_is_signed_by_the_treasury_once_it_is_approved() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            long nonce = 0;
            for (PlanKind kind : PlanKind.values()) {
                if (kind.isReplacement() || kind == PlanKind.DRAIN_REMAINDER) {
                    continue;
                }
                Plan plan = kind == PlanKind.FORCE_EXIT
                        ? signer.plans.plan(new PlannedAction.ForceExit(
                                signer.plans.hex(48), signer.plans.address(), BigInteger.TEN))
                        : signer.plan(kind);
                SigningRequest request = signer.request(plan, nonce++);
                JsonNode answer = signer.client().sign(request);
                byte[] raw = HexFormat.of()
                        .parseHex(answer.path("rawTransaction").asString().substring(2));
                assertThat(sender(request, raw)).as(kind.word()).isEqualTo(signer.treasury);
                assertThat(answer.path("transactionHash").asString())
                        .isEqualTo("0x" + HexFormat.of().formatHex(Keccak256.hash(raw)));
            }
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DRAIN_REMAINDER), nonce)))
                    .isEqualTo("POLICY_DENIED");
            JsonNode health = signer.client().health();
            assertThat(health.path("state").asString()).isEqualTo("ready");
            assertThat(health.path("signed").asString()).isEqualTo(Long.toString(nonce));
            assertThat(health.at("/refusals/POLICY_DENIED").asString()).isEqualTo("1");
        }
        assertThat(SigningJournal.fsck(folder.resolve("signer.db")).sentences()).isEmpty();
    }

    /** The last 67 bytes or less are parity, r and s; what they sign is what the request says. */
    private static EvmAddress sender(SigningRequest request, byte[] raw) {
        byte[] hash = request.transaction().signingHash();
        for (int parity = 0; parity < 2; parity++) {
            List<byte[]> fields = fields(raw);
            assertThat(fields).hasSize(12);
            BigInteger r = new BigInteger(1, fields.get(10));
            BigInteger s = new BigInteger(1, fields.get(11));
            int given = fields.get(9).length == 0 ? 0 : fields.get(9)[0];
            EcdsaSignature signature = new EcdsaSignature(r, s);
            assertThat(signature.isLowS()).isTrue();
            if (given == parity) {
                return EvmAddress.ofPublicKey(
                        Secp256k1.recover(hash, signature, parity).orElseThrow());
            }
        }
        throw new AssertionError("no parity");
    }

    /** A reader of RLP of its own: a list of texts, and one empty list. */
    private static List<byte[]> fields(byte[] raw) {
        List<byte[]> fields = new ArrayList<>();
        int at = raw[1] == (byte) 0xf8 ? 3 : raw[1] == (byte) 0xf9 ? 4 : 2;
        while (at < raw.length) {
            int head = raw[at] & 0xff;
            int skip = head < 0x80 ? 0 : head == 0xb8 ? 2 : head == 0xb9 ? 3 : 1;
            int length = head < 0x80
                    ? 1
                    : head == 0xc0
                            ? 0
                            : head < 0xb8
                                    ? head - 0x80
                                    : head == 0xb8
                                            ? raw[at + 1] & 0xff
                                            : (raw[at + 1] & 0xff) << 8 | raw[at + 2] & 0xff;
            fields.add(java.util.Arrays.copyOfRange(raw, at + skip, at + skip + length));
            at += skip + length;
        }
        return fields;
    }

    @Test
    void a_lost_answer_is_asked_for_again_and_is_the_same_bytes_also_after_a_restart() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            SigningRequest request = signer.request(signer.plan(PlanKind.DEPOSIT), 7);
            String first = signer.client().sign(request).path("rawTransaction").asString();
            assertThat(signer.client().sign(request).path("rawTransaction").asString())
                    .isEqualTo(first);
            signer.restart();
            assertThat(signer.client().sign(request).path("rawTransaction").asString())
                    .isEqualTo(first);
            assertThat(signer.client().health().path("signed").asString()).isEqualTo("1");
        }
    }

    @Test
    void there_is_never_a_second_deposit_for_a_key_nor_a_second_transaction_for_a_nonce() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            Plan deposit = signer.plan(PlanKind.DEPOSIT);
            assertThat(signer.outcome(signer.request(deposit, 1))).isEqualTo("signed");
            Plan again = new Plan(
                    deposit.network(),
                    deposit.seatId() + 1,
                    deposit.treasury(),
                    deposit.target(),
                    deposit.value(),
                    deposit.calldata(),
                    deposit.action(),
                    deposit.preconditions(),
                    deposit.gas(),
                    deposit.proposer(),
                    deposit.createdAt(),
                    deposit.expiresAt());
            assertThat(signer.outcome(signer.request(again, 2))).isEqualTo("DEPOSIT_ALREADY_SIGNED");
            assertThat(signer.outcome(signer.request(deposit, 2))).isEqualTo("PLAN_ALREADY_SIGNED");
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DEPOSIT), 1)))
                    .isEqualTo("NONCE_ALREADY_SIGNED");
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.APPROVE), 1)))
                    .isEqualTo("NONCE_ALREADY_SIGNED");

            // A manager whose database was restored from before knows nothing of it; the signer does, also anew.
            signer.restart();
            assertThat(signer.outcome(signer.request(again, 2))).isEqualTo("DEPOSIT_ALREADY_SIGNED");
            // The same transaction from another plan is the same transaction: its bytes come again, and no others.
            assertThat(signer.client().sign(signer.request(again, 1)))
                    .isEqualTo(signer.client().sign(signer.request(again, 1)));
            assertThat(signer.client().health().path("signed").asString()).isEqualTo("1");
        }
    }

    @Test
    void a_replacement_has_the_same_call_and_an_eighth_more_or_is_a_cancel_that_people_approved() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            Plan deposit = signer.plan(PlanKind.DEPOSIT);
            assertThat(signer.outcome(signer.request(deposit, 1))).isEqualTo("signed");
            Plan bump = replacement(signer, deposit, new PlannedAction.BumpFee(deposit.digest(), 1), deposit);
            BigInteger more = new BigInteger("22500000000");
            BigInteger tip = new BigInteger("1125000000");
            assertThat(signer.outcome(
                            new SigningRequest(bump, List.of(), 1, 200_000, more.subtract(BigInteger.ONE), tip)))
                    .isEqualTo("REPLACEMENT_UNDERPRICED");
            assertThat(signer.outcome(new SigningRequest(bump, List.of(), 2, 200_000, more, tip)))
                    .isEqualTo("REPLACED_UNKNOWN");
            assertThat(signer.outcome(new SigningRequest(bump, List.of(), 1, 200_000, more, tip)))
                    .isEqualTo("signed");

            Plan other = replacement(
                    signer, deposit, new PlannedAction.BumpFee(deposit.digest(), 1), signer.plan(PlanKind.APPROVE));
            BigInteger much = new BigInteger("40000000000");
            BigInteger muchTip = new BigInteger("2000000000");
            assertThat(signer.outcome(new SigningRequest(other, signer.approvals(other), 1, 200_000, much, muchTip)))
                    .isEqualTo("NONCE_ALREADY_SIGNED");
            Plan foreign = replacement(
                    signer, deposit, new PlannedAction.BumpFee(new PlanDigest("ab".repeat(32)), 1), deposit);
            assertThat(signer.outcome(new SigningRequest(foreign, List.of(), 1, 200_000, much, muchTip)))
                    .isEqualTo("NONCE_ALREADY_SIGNED");

            Plan cancel = signer.plans.plan(new PlannedAction.CancelTransaction(deposit.digest(), 1));
            assertThat(signer.outcome(new SigningRequest(cancel, List.of(), 1, 21_000, much, muchTip)))
                    .isEqualTo("APPROVALS_MISSING");
            assertThat(signer.outcome(new SigningRequest(cancel, signer.approvals(cancel), 1, 21_000, much, muchTip)))
                    .isEqualTo("signed");
            assertThat(signer.outcome(
                            new SigningRequest(bump, List.of(), 1, 200_000, new BigInteger("50000000000"), muchTip)))
                    .as("a cancelled deposit does not come back by a bump")
                    .isEqualTo("NONCE_ALREADY_SIGNED");
        }
    }

    private static Plan replacement(SignerUnderTest signer, Plan replaced, PlannedAction action, Plan call) {
        return new Plan(
                replaced.network(),
                replaced.seatId(),
                signer.treasury,
                call.target(),
                call.value(),
                call.calldata(),
                action,
                replaced.preconditions(),
                replaced.gas(),
                replaced.proposer(),
                replaced.createdAt(),
                replaced.expiresAt());
    }

    @Test
    void a_rule_counts_its_hour_and_its_day_over_restarts_and_keeps_its_hours() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            for (int nonce = 0; nonce < 5; nonce++) {
                assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DEPOSIT), nonce)))
                        .isEqualTo("signed");
            }
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DEPOSIT), 5)))
                    .isEqualTo("RATE_EXCEEDED");
            signer.restart();
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DEPOSIT), 5)))
                    .isEqualTo("RATE_EXCEEDED");
            signer.clock.advance(Duration.ofMinutes(61));
            for (int nonce = 5; nonce < 8; nonce++) {
                assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DEPOSIT), nonce)))
                        .isEqualTo("signed");
            }
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DEPOSIT), 8)))
                    .isEqualTo("RATE_EXCEEDED");
            signer.clock.advance(Duration.ofHours(11));
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.PROPOSE_SETTLEMENT), 8)))
                    .isEqualTo("OUTSIDE_HOURS");
            signer.clock.advance(Duration.ofHours(-12));
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.FINALIZE_SETTLEMENT), 8)))
                    .isEqualTo("CLOCK_WENT_BACK");
        }
    }

    @Test
    void a_signer_without_a_key_says_so_and_settings_that_cannot_be_right_refuse_the_start() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder, Map.of("SEAT_MANAGER_OWNER_PRIVATE_KEY", ""))) {
            assertThat(signer.client().health().path("state").asString()).isEqualTo("none");
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.APPROVE), 0)))
                    .isEqualTo("NO_KEY");
            assertThatThrownBy(() -> signer.settings(Map.of(
                            "SEAT_MANAGER_OWNER_PRIVATE_KEY", SignerUnderTest.KEY, "SEAT_MANAGER_HOST", "0.0.0.0")))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("SEAT_MANAGER_HOST");
            assertThatThrownBy(() -> signer.settings(Map.of(
                            "SEAT_MANAGER_OWNER_PRIVATE_KEY",
                            SignerUnderTest.KEY,
                            "SEAT_MANAGER_SIGNER_POLICY_FILE",
                            "")))
                    .hasMessageContaining("SEAT_MANAGER_SIGNER_POLICY_FILE");
            for (String wrong : List.of(
                    "0x12",
                    "11".repeat(33),
                    "00".repeat(32),
                    "f".repeat(64),
                    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")) {
                assertThatThrownBy(() -> Signer.start(
                                signer.settings(Map.of("SEAT_MANAGER_OWNER_PRIVATE_KEY", wrong)), folder, signer.clock))
                        .isInstanceOf(OperatorError.class)
                        .hasMessageContaining("SEAT_MANAGER_OWNER_PRIVATE_KEY")
                        .hasMessageNotContaining(wrong);
            }
            assertThatThrownBy(() -> Signer.start(
                            signer.settings(Map.of("SEAT_MANAGER_OWNER_PRIVATE_KEY", "11".repeat(32))),
                            folder,
                            signer.clock))
                    .isInstanceOf(Exception.class);
        }
    }

    @Test
    void a_key_of_another_treasury_than_the_policys_refuses_the_start() throws Exception {
        new SignerUnderTest(folder).close();
        String text = Files.readString(folder.resolve("policy.json"), StandardCharsets.UTF_8);
        assertThat(text).contains("\"treasury\":\"0x");
        Files.writeString(
                folder.resolve("policy.json"), text.replaceFirst("\"treasury\":\"0x..", "\"treasury\":\"0x00"));
        try (SignerUnderTest none = new SignerUnderTest(
                Files.createDirectory(folder.resolve("other")), Map.of("SEAT_MANAGER_OWNER_PRIVATE_KEY", ""))) {
            assertThatThrownBy(() -> Signer.start(
                            none.settings(Map.of(
                                    "SEAT_MANAGER_OWNER_PRIVATE_KEY",
                                    SignerUnderTest.KEY,
                                    "SEAT_MANAGER_SIGNER_STORE",
                                    "new.db",
                                    "SEAT_MANAGER_SIGNER_POLICY_FILE",
                                    folder.resolve("policy.json").toString())),
                            folder,
                            none.clock))
                    .hasMessageContaining("treasury");
        }
    }
}
