package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.approval.ApproverList;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.BlsVerifierWithoutProgram;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.plan.PlanGenerator;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The signer verifies a deposit's BLS signature itself: one that does not count would burn 32 coins, whoever approved it. */
@Timeout(180)
class DepositSignatureTest {
    @TempDir
    Path folder;

    private static PlannedAction.Deposit with(PlannedAction.Deposit deposit, byte[] signature) {
        DepositData data = new DepositData(
                HexText.bytes(deposit.pubkey()),
                HexText.bytes(deposit.withdrawalCredentials()),
                deposit.amountGwei(),
                signature);
        return new PlannedAction.Deposit(
                deposit.pubkey(),
                deposit.withdrawalCredentials(),
                HexText.of(signature),
                HexText.of(data.dataRoot()),
                deposit.expectedDepositRoot(),
                deposit.amountGwei(),
                deposit.vault(),
                deposit.parameters());
    }

    @Test
    void a_deposit_that_its_validator_did_not_sign_for_this_network_is_not_signed_whoever_approved() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            PlannedAction.Deposit good = signer.deposit(1);
            byte[] credentials = HexText.bytes(good.withdrawalCredentials());
            byte[] mainnet = SignedDeposit.of(1, credentials, new ForkVersion("00000000"))
                    .signature();
            byte[] ofAnother =
                    SignedDeposit.of(2, credentials, SignedDeposit.NETWORK).signature();
            byte[] ofOtherCredentials = SignedDeposit.of(1, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
                    .signature();
            byte[] infinity = new byte[96];
            infinity[0] = (byte) 0xc0;
            for (byte[] signature :
                    List.of(mainnet, ofAnother, ofOtherCredentials, new byte[96], infinity, bytes(signer))) {
                assertThat(signer.outcome(signer.request(signer.plans.plan(with(good, signature)), 1)))
                        .isEqualTo("DEPOSIT_SIGNATURE_INVALID");
            }
            assertThat(signer.client().health().path("signed").asString()).isEqualTo("0");
            assertThat(signer.outcome(signer.request(signer.plans.plan(good), 1)))
                    .isEqualTo("signed");
        }
    }

    private static byte[] bytes(SignerUnderTest signer) {
        return HexText.bytes(signer.plans.hex(96));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nonexistent", "/bin/true"})
    void where_no_signature_can_be_verified_no_deposit_is_signed_and_everything_else_is(String program)
            throws Exception {
        SignerUnderTest files = new SignerUnderTest(folder, Map.of(), SignerUnderTest.local());
        try (BlsVerifier bls = BlsVerifierWithoutProgram.of(program);
                SigningJournal journal = SigningJournal.open(folder.resolve("signer.db"), "", files.clock)) {
            TransactionSigner signer = new TransactionSigner(
                    LocalTreasuryKey.parse(SecretBytes.ofText(SignerUnderTest.KEY))
                            .orElseThrow(),
                    SigningPolicy.read(Files.readAllBytes(folder.resolve("policy.json"))),
                    ApproverList.read(Files.readAllBytes(folder.resolve("approvers.json"))),
                    PlanGenerator.CODE,
                    new DepositVerifier(SignedDeposit.NETWORK, bls),
                    journal,
                    files.clock);
            assertThat(outcome(signer, files.request(files.plan(PlanKind.DEPOSIT), 1)))
                    .isEqualTo("DEPOSIT_SIGNATURE_UNVERIFIED");
            assertThat(journal.count()).isZero();
            assertThat(outcome(signer, files.request(files.plan(PlanKind.APPROVE), 1)))
                    .isEqualTo("signed");
        }
    }

    private static String outcome(TransactionSigner signer, SigningRequest request) {
        try {
            return signer.sign(request).rawTransaction().startsWith("0x02") ? "signed" : "";
        } catch (SigningRefused e) {
            return e.code();
        }
    }

    private static boolean isVerifier(ProcessHandle child) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(child.pid()), "cmdline"))
                    .contains("BlsVerifierProgram");
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void a_child_that_dies_costs_at_most_the_request_in_hand() throws Exception {
        try (SignerUnderTest signer = new SignerUnderTest(folder)) {
            assertThat(signer.outcome(signer.request(signer.plan(PlanKind.DEPOSIT), 1)))
                    .isEqualTo("signed");
            List<ProcessHandle> children = ProcessHandle.current()
                    .children()
                    .filter(DepositSignatureTest::isVerifier)
                    .toList();
            assertThat(children).isNotEmpty();
            children.forEach(ProcessHandle::destroyForcibly);
            SigningRequest next = signer.request(signer.plan(PlanKind.DEPOSIT), 2);
            String outcome = signer.outcome(next);
            assertThat(outcome).isIn("signed", "DEPOSIT_SIGNATURE_UNVERIFIED");
            assertThat(signer.outcome(next)).isEqualTo("signed");
        }
    }
}
