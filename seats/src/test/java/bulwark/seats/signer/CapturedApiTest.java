package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.Approval;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.CallEncoder;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import java.io.IOException;
import java.math.BigInteger;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Somebody has the API with all that it has (its database, its secrets, its socket to the signer, plans and approvals that people made) and wants one signature that people did not mean. */
@Timeout(180)
class CapturedApiTest {
    @TempDir
    Path folder;

    private SignerUnderTest signer;
    private Plan good;

    @BeforeEach
    void start() throws IOException {
        signer = new SignerUnderTest(folder);
        good = signer.plan(PlanKind.DEPOSIT);
    }

    @AfterEach
    void stop() {
        assertThat(signer.client().health().path("state").asString()).isEqualTo("ready");
        assertThat(signer.client().health().path("signed").asString()).isEqualTo("0");
        signer.close();
    }

    private Plan with(EvmAddress target, BigInteger value, String calldata) {
        return new Plan(
                good.network(),
                good.seatId(),
                good.treasury(),
                target,
                value,
                calldata,
                good.action(),
                good.preconditions(),
                good.gas(),
                good.proposer(),
                good.createdAt(),
                good.expiresAt());
    }

    /** Even with the word of both approvers, whom a page deceived: what the signer reads decides. */
    private String deceived(Plan plan) {
        return signer.outcome(signer.request(plan, 1));
    }

    @Test
    void another_target_selector_value_chain_or_padded_calldata_is_not_signed() {
        String data = good.calldata();
        assertThat(deceived(with(signer.plans.address(), good.value(), data))).isEqualTo("TARGET_MISMATCH");
        assertThat(deceived(with(good.network().depositContract(), good.value(), data)))
                .isEqualTo("TARGET_MISMATCH");
        assertThat(deceived(with(good.target(), good.value().add(BigInteger.ONE), data)))
                .isEqualTo("VALUE_MISMATCH");
        assertThat(deceived(with(good.target(), BigInteger.ZERO, data))).isEqualTo("VALUE_MISMATCH");
        assertThat(deceived(with(good.target(), good.value(), "0x22895118" + data.substring(10))))
                .isEqualTo("SELECTOR_UNKNOWN");
        assertThat(deceived(with(good.target(), good.value(), "0x"))).isEqualTo("SELECTOR_UNKNOWN");
        assertThat(deceived(with(good.target(), good.value(), "0xa9059cbb" + "00".repeat(64))))
                .isEqualTo("SELECTOR_UNKNOWN");
        assertThat(deceived(with(good.target(), good.value(), data + "00"))).isEqualTo("CALLDATA_MALFORMED");
        assertThat(deceived(with(good.target(), good.value(), data + "00".repeat(32))))
                .isEqualTo("CALLDATA_MALFORMED");
        assertThat(deceived(with(good.target(), good.value(), data.substring(0, data.length() - 64))))
                .isEqualTo("CALLDATA_MALFORMED");
        String approve = CallEncoder.calldata(signer.plans.action(PlanKind.APPROVE));
        assertThat(deceived(with(good.target(), good.value(), approve))).isEqualTo("CALLDATA_MISMATCH");
        Plan elsewhere = new bulwark.seats.plan.PlanGenerator(5).plan(PlanKind.DEPOSIT);
        assertThat(deceived(elsewhere)).isEqualTo("NETWORK_MISMATCH");
    }

    @Test
    void a_vault_credentials_or_root_that_are_not_the_validators_are_not_signed_whoever_approved() {
        PlannedAction.Deposit deposit = (PlannedAction.Deposit) good.action();
        EvmAddress thief = signer.plans.address();
        String credentials = "0x010000000000000000000000" + thief.text().substring(2);
        assertThat(deceived(signer.plans.plan(changed(deposit, credentials, thief, deposit.depositDataRoot()))))
                .isEqualTo("VAULT_MISMATCH");
        assertThat(deceived(
                        signer.plans.plan(changed(deposit, credentials, deposit.vault(), deposit.depositDataRoot()))))
                .isEqualTo("CREDENTIALS_MISMATCH");
        assertThat(deceived(signer.plans.plan(
                        changed(deposit, deposit.withdrawalCredentials(), deposit.vault(), "0x" + "11".repeat(32)))))
                .isEqualTo("DEPOSIT_DATA_ROOT_MISMATCH");
    }

    private static PlannedAction.Deposit changed(
            PlannedAction.Deposit deposit, String credentials, EvmAddress vault, String root) {
        return new PlannedAction.Deposit(
                deposit.pubkey(),
                credentials,
                deposit.signature(),
                root,
                deposit.expectedDepositRoot(),
                deposit.amountGwei(),
                vault,
                deposit.parameters());
    }

    @Test
    void approvals_that_are_missing_forged_replayed_twice_expired_or_the_proposers_are_not_enough() throws Exception {
        Plan other = signer.plan(PlanKind.DEPOSIT);
        List<Approval> both = signer.approvals(good);
        ApproverKey unknown = ApproverKey.create(folder.resolve("x.key"), "anna", Signing.fastest());
        Approval rejection = signer.bert.decide(good, false, Duration.ofHours(1), signer.clock);
        Approval anna = both.getFirst();
        Approval renamed = new Approval(
                anna.plan(), "approve", "bert", anna.publicKey(), anna.createdAt(), anna.expiresAt(), anna.signature());
        Approval turned = new Approval(
                rejection.plan(),
                "approve",
                "bert",
                rejection.publicKey(),
                rejection.createdAt(),
                rejection.expiresAt(),
                rejection.signature());

        assertThat(outcome(List.of())).isEqualTo("APPROVALS_MISSING");
        assertThat(outcome(both.subList(0, 1))).isEqualTo("APPROVALS_MISSING");
        assertThat(outcome(List.of(anna, anna))).isEqualTo("APPROVER_TWICE");
        assertThat(outcome(List.of(anna, renamed))).isEqualTo("APPROVER_MISMATCH");
        assertThat(outcome(List.of(anna, turned))).isEqualTo("APPROVAL_FORGED");
        assertThat(outcome(List.of(anna, rejection))).isEqualTo("PLAN_REJECTED");
        assertThat(outcome(signer.approvals(other))).isEqualTo("APPROVAL_OF_ANOTHER_PLAN");
        assertThat(outcome(List.of(anna, unknown.decide(good, true, Duration.ofHours(1), signer.clock))))
                .isEqualTo("APPROVER_UNKNOWN");
        signer.clock.advance(Duration.ofHours(3));
        assertThat(outcome(both)).isEqualTo("APPROVAL_EXPIRED");
        signer.clock.advance(Duration.ofHours(30));
        assertThat(outcome(signer.approvals(good))).isEqualTo("PLAN_EXPIRED");
    }

    private String outcome(List<Approval> approvals) {
        return signer.outcome(
                new SigningRequest(good, approvals, 1, 200_000, SignerUnderTest.FEE, SignerUnderTest.TIP));
    }

    @Test
    void fees_and_gas_above_plan_or_policy_are_not_signed() {
        BigInteger high = new BigInteger("55000000000");
        assertThat(signer.outcome(
                        new SigningRequest(good, signer.approvals(good), 1, 200_000, high, SignerUnderTest.TIP)))
                .isEqualTo("FEE_ABOVE_POLICY");
        assertThat(signer.outcome(new SigningRequest(
                        good, signer.approvals(good), 1, 200_000, new BigInteger("70000000000"), SignerUnderTest.TIP)))
                .isEqualTo("FEE_ABOVE_PLAN");
        assertThat(signer.outcome(new SigningRequest(
                        good, signer.approvals(good), 1, 900_000, SignerUnderTest.FEE, SignerUnderTest.TIP)))
                .isEqualTo("FEE_ABOVE_PLAN");
    }

    @Test
    void of_a_thousand_mutated_plans_with_the_approvals_of_the_good_one_none_is_signed() {
        Random random = new Random(11);
        String request = new String(signer.request(good, 1).bytes(), StandardCharsets.UTF_8);
        int from = request.indexOf("\"plan\":{") + 8;
        int to = request.indexOf("\"approvals\":[");
        Set<String> codes = new TreeSet<>();
        for (int round = 0; round < 1_000; round++) {
            StringBuilder mutated = new StringBuilder(request);
            int at = from + random.nextInt(to - from);
            char before = mutated.charAt(at);
            char after = "0123456789abcdef".charAt(random.nextInt(16));
            mutated.setCharAt(at, after == before ? (after == '0' ? '1' : '0') : after);
            JsonNode answer = StrictJson.parse(call(mutated.toString().getBytes(StandardCharsets.UTF_8)));
            assertThat(answer.has("rawTransaction")).as(mutated.toString()).isFalse();
            codes.add(answer.path("error").path("code").asString());
        }
        assertThat(codes).contains("PLAN_MALFORMED", "CALLDATA_MISMATCH", "NETWORK_MISMATCH");
        assertThat(codes).doesNotContain("SIGNER_UNAVAILABLE", "");
    }

    @Test
    void bytes_that_are_no_request_are_refused_and_the_signer_goes_on() {
        List<String> requests = new ArrayList<>(List.of(
                "",
                "{}",
                "[]",
                "null",
                "{\"request\":\"sign\"}",
                "{\"request\":\"export\"}",
                "{\"request\":\"sign\",\"plan\":{}}",
                "{\"request\":\"sign\",\"request\":\"health\"}",
                "GET / HTTP/1.1\r\n\r\n",
                "\u0000".repeat(100)));
        for (String each : requests) {
            if (each.isEmpty()) {
                continue;
            }
            JsonNode answer = StrictJson.parse(call(each.getBytes(StandardCharsets.UTF_8)));
            assertThat(answer.path("error").path("code").asString()).as(each).isEqualTo("REQUEST_MALFORMED");
        }
    }

    private byte[] call(byte[] json) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(signer.socket()));
            ByteBuffer frame = ByteBuffer.allocate(4 + json.length)
                    .putInt(json.length)
                    .put(json)
                    .flip();
            channel.write(frame);
            return SignerFrames.read(channel);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
