package bulwark.seats.deposit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.contract.HexText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DepositFileTest {
    private static final ForkVersion NETWORK = SignedDeposit.NETWORK;
    private static final DepositData GOOD = SignedDeposit.of(1, SignedDeposit.CREDENTIALS, NETWORK);
    private final Set<DepositFault> seen = EnumSet.noneOf(DepositFault.class);

    private static byte[] edited(Consumer<Map<String, Object>> edit) {
        Map<String, Object> members = SignedDeposit.members(GOOD, NETWORK);
        edit.accept(members);
        return SignedDeposit.file(members);
    }

    private static List<DepositFault> faults(byte[] file) {
        try {
            DepositFile.parse(file);
            return List.of();
        } catch (DepositFileRefused refused) {
            return refused.findings().stream().map(DepositFinding::fault).toList();
        }
    }

    private void refused(DepositFault fault, byte[] file) {
        assertThat(faults(file)).as(fault.name()).contains(fault);
        seen.add(fault);
    }

    private void refused(DepositFault fault, String member, Object value) {
        refused(fault, edited(members -> members.put(member, value)));
    }

    @Test
    void a_file_of_the_deposit_tools_is_taken_as_array_and_as_object_with_and_without_0x() throws Exception {
        byte[] array = SignedDeposit.file(SignedDeposit.members(GOOD, NETWORK));
        assertThat(DepositFile.parse(array).deposit().dataRoot()).isEqualTo(GOOD.dataRoot());
        assertThat(faults(StrictJson.write(SignedDeposit.members(GOOD, NETWORK))))
                .isEmpty();
        assertThat(faults(edited(members -> members.put("pubkey", HexText.of(GOOD.pubkey())))))
                .isEmpty();
    }

    @Test
    void every_malformed_file_has_its_own_code() throws Exception {
        refused(DepositFault.FILE_TOO_LARGE, new byte[DepositFile.MAX_BYTES + 1]);
        refused(DepositFault.FILE_NOT_JSON, "{".getBytes(StandardCharsets.UTF_8));
        refused(DepositFault.FILE_NOT_JSON, "{\"pubkey\":\"\",\"pubkey\":\"\"}".getBytes(StandardCharsets.UTF_8));
        refused(DepositFault.FILE_NOT_ONE_DEPOSIT, "[]".getBytes(StandardCharsets.UTF_8));
        refused(DepositFault.FILE_NOT_ONE_DEPOSIT, "7".getBytes(StandardCharsets.UTF_8));
        refused(
                DepositFault.FILE_NOT_ONE_DEPOSIT,
                StrictJson.write(List.of(SignedDeposit.members(GOOD, NETWORK), SignedDeposit.members(GOOD, NETWORK))));
        refused(DepositFault.FIELD_MISSING, edited(members -> members.remove("signature")));
        refused(DepositFault.FIELD_MISSING, "amount", "32000000000");
        refused(DepositFault.FIELD_UNKNOWN, "treasury", "0x00");
        refused(DepositFault.PUBKEY_MALFORMED, "pubkey", "95a2");
        refused(DepositFault.CREDENTIALS_MALFORMED, "withdrawal_credentials", "zz".repeat(32));
        refused(DepositFault.CREDENTIALS_OF_A_BLS_KEY, "withdrawal_credentials", "00" + "11".repeat(31));
        refused(DepositFault.CREDENTIALS_COMPOUND, "withdrawal_credentials", "02" + "00".repeat(31));
        refused(DepositFault.CREDENTIALS_OF_NO_ADDRESS, "withdrawal_credentials", "01" + "11".repeat(31));
        refused(DepositFault.AMOUNT_NOT_OF_A_SEAT, "amount", 1_000_000_000L);
        refused(DepositFault.AMOUNT_NOT_OF_A_SEAT, "amount", 32_000_000_000.5);
        refused(DepositFault.SIGNATURE_MALFORMED, "signature", "00");
        refused(DepositFault.ROOT_MALFORMED, "deposit_data_root", "00");
        refused(DepositFault.FORK_VERSION_MALFORMED, "fork_version", "286");
        refused(DepositFault.MESSAGE_ROOT_WRONG, "deposit_message_root", "00".repeat(32));
        refused(DepositFault.DATA_ROOT_WRONG, "deposit_data_root", "00".repeat(32));
        try (BlsVerifier bls = BlsVerifier.ofThisProgram()) {
            judged(bls);
        }
        seen.add(DepositFault.FILE_HOLDS_SECRETS); // has a test of its own
        assertThat(seen).containsExactlyInAnyOrder(DepositFault.values());
    }

    private void judged(BlsVerifier bls) throws Exception {
        DepositVerifier verifier = new DepositVerifier(NETWORK, bls);
        DepositFile good = new DepositFile(GOOD, NETWORK);
        assertThat(verifier.verify(good, new DepositVerifier.Expected(GOOD.pubkey(), GOOD.credentials())))
                .isEmpty();

        ForkVersion holesky = new ForkVersion("01017000");
        DepositData elsewhere = SignedDeposit.of(1, SignedDeposit.CREDENTIALS, holesky);
        List<DepositFinding> findings = verifier.verify(new DepositFile(elsewhere, holesky), null);
        assertThat(findings).anyMatch(each -> each.sentence().contains("Holesky"));
        findings.forEach(each -> seen.add(each.fault()));
        assertThat(verifier.verify(new DepositFile(elsewhere, NETWORK), null))
                .as("the version in the file was edited")
                .containsExactly(new DepositFinding(DepositFault.SIGNATURE_OF_ANOTHER_NETWORK, "Holesky"));

        byte[] flipped = GOOD.signature();
        flipped[50] ^= 1;
        DepositFile unsigned = new DepositFile(
                new DepositData(GOOD.pubkey(), GOOD.credentials(), GOOD.amountGwei(), flipped), NETWORK);
        byte[] other = GOOD.credentials();
        other[31] ^= 1;
        List<DepositFault> all = verifier.verify(unsigned, new DepositVerifier.Expected(new byte[48], other)).stream()
                .map(DepositFinding::fault)
                .toList();
        assertThat(all)
                .containsExactly(
                        DepositFault.PUBKEY_NOT_OF_THE_SEAT,
                        DepositFault.CREDENTIALS_NOT_OF_THE_SEAT,
                        DepositFault.SIGNATURE_INVALID);
        seen.addAll(all);
    }

    @Test
    void a_file_with_secrets_is_refused_as_such_wherever_they_stand_and_its_content_is_nowhere_in_the_refusal() {
        for (String file : List.of(
                "{\"crypto\":{\"cipher\":{\"message\":\"c0ffee\"}},\"pubkey\":\"\"}",
                "[{\"pubkey\":\"c0ffee\",\"MNEMONIC\" : \"c0ffee c0ffee\"}]",
                "[{\"deposit\":{\"keystore\":[1,\"c0ffee\"]}}]",
                "{\"private_key\":\"c0ffee\"",
                "{\"signing_key\":\"c0ffee\"}",
                "{\"mnemonic_password\":\"c0ffee\"}")) {
            assertThat(faults(file.getBytes(StandardCharsets.UTF_8)))
                    .as(file)
                    .containsExactly(DepositFault.FILE_HOLDS_SECRETS);
            assertThatThrownBy(() -> DepositFile.parse(file.getBytes(StandardCharsets.UTF_8)))
                    .satisfies(thrown -> assertThat(thrown.toString()).doesNotContain("c0ffee"));
        }
    }

    @Test
    void hostile_bytes_are_parsed_or_refused_with_codes_and_nothing_else() {
        byte[] seed = SignedDeposit.file(SignedDeposit.members(GOOD, NETWORK));
        Random random = new Random(42);
        int refusals = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] file = Arrays.copyOf(seed, seed.length);
            for (int edit = 0; edit <= random.nextInt(3); edit++) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            if (!faults(file).isEmpty()) {
                refusals++;
            }
        }
        assertThat(refusals).isGreaterThan(15_000);
    }

    @Test
    void every_sentence_says_what_mends_it_and_no_two_are_the_same() {
        Set<String> sentences =
                Arrays.stream(DepositFault.values()).map(DepositFault::sentence).collect(Collectors.toSet());
        assertThat(sentences).hasSize(DepositFault.values().length);
    }
}
