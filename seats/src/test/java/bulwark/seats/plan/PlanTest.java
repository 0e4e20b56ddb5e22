package bulwark.seats.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.contract.EvmAddress;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Plans, their digest and sentence, compared with a reader in another language, and with vectors. */
@Timeout(180)
class PlanTest {
    private static final String PUBKEY =
            "0x95a254501b7733239ed3cec4d56737977bd09ede881d8a234560e83e5525017add3b1dcc3eabfb85e12a4131b19c253b";
    private static final String CREDENTIALS = "0x010000000000000000000000412a91402f3d3baee3612d5b5d0ba43542b7adf9";
    private static final String SIGNATURE =
            "0xa00accc4b6511f720e53dd131d5b017028ea91fa276c292761f34f83848f1e2866e8c64d2e82b40fd1e8392e0d802e1f0b4b4e53f494c678230185d50bfb69ce3b68bd21795d0057cfe33e96123ed409d9886ba7fd79a8d690b2a004c367a640";

    @TempDir
    Path folder;

    @Test
    void a_deposit_is_one_sentence_with_the_address_check_of_eip_55() {
        PlanGenerator generator = new PlanGenerator(
                1, new PlanGenerator(1).network(), new EvmAddress("0x70997970c51812dc3a010c7d01b50e0d17dc79c8"));
        VaultParameters parameters = new VaultParameters(generator.address(), 86_400, BigInteger.TEN);
        Plan plan = generator.plan(new PlannedAction.Deposit(
                PUBKEY,
                CREDENTIALS,
                SIGNATURE,
                DepositDataRoot.of(PUBKEY, CREDENTIALS, PlanReader.SEAT_GWEI, SIGNATURE),
                generator.hex(32),
                PlanReader.SEAT_GWEI,
                new EvmAddress("0x" + CREDENTIALS.substring(26)),
                parameters));

        assertThat(PlanSentence.of(plan))
                .isEqualTo("Deposit 32 CTN for validator 95a2…253b into vault 0x412a…AdF9, from treasury 0x7099…79C8,"
                        + " chain 286; cannot be undone");
        assertThat(plan.digest().groups()).matches("([0-9a-f]{8} ){7}[0-9a-f]{8}");
        assertThat(PlanCheck.of(plan, null, null)).isEmpty();
    }

    @Test
    void the_root_of_deposit_data_is_that_of_the_vectors() {
        assertThat(DepositDataRoot.of(PUBKEY, CREDENTIALS, 32_000_000_000L, SIGNATURE))
                .isEqualTo("0x306da94e96acfce98b4c480d57a193c70c6d647e8048f50f1d32dba52685e368");
        assertThat(
                        DepositDataRoot.of(
                                "0x933ad9491b62059dd065b560d256d8957a8c402cc6e8d8ee7290ae11e8f7329267a8811c397529dac52ae1342ba58c95",
                                "0x00f50428677c60f997aadeab24aabf7fceaef491c96a52b463ae91f95611cf71",
                                1_000_000_000L,
                                "0xa29d01cc8c6296a8150e515b5995390ef841dc18948aa3e79be6d7c1851b4cbb5d6ff49fa70b9c782399506a22a85193151b9b691245cebafd2063012443c1324b6c36debaedefb7b2d71b0503ffdc00150aaffd42e63358238ec888901738b8"))
                .isEqualTo("0xaa4a8d0b7d9077248630f1a4701ae9764e42271d7f22b7838778411857fd349e");
    }

    @Test
    void every_kind_is_read_back_as_it_was_written_and_nothing_is_wrong_with_it() {
        PlanGenerator generator = new PlanGenerator(2);
        for (PlanKind kind : PlanKind.values()) {
            for (int i = 0; i < 50; i++) {
                Plan plan = generator.plan(kind);
                Plan read = PlanReader.read(plan.bytes());

                assertThat(read).isEqualTo(plan);
                assertThat(read.digest()).isEqualTo(plan.digest());
                assertThat(PlanCheck.of(read, PlanGenerator.CREATED, PlanGenerator.CODE))
                        .isEmpty();
            }
        }
    }

    @Test
    void a_change_of_any_field_changes_the_digest_and_is_named_by_the_comparison() {
        Plan plan = new PlanGenerator(3).plan(PlanKind.DEPOSIT);
        JsonNode tree = StrictJson.parse(plan.bytes());
        List<String> digests = new ArrayList<>();
        for (String pointer : leaves(tree, "")) {
            String text = tree.at(pointer).asString();
            for (String other : List.of(
                    text + "0", text.replaceFirst(".$", "x"), "", text.replaceFirst("[1-9a-f](?=[^1-9a-f]*$)", "2"))) {
                if (other.equals(text)) {
                    continue;
                }
                byte[] changed = edited(plan, pointer, other);
                try {
                    Plan read = PlanReader.read(changed);
                    digests.add(read.digest().text());
                    assertThat(read.digest()).as(pointer).isNotEqualTo(plan.digest());
                    assertThat(PlanDifference.between(plan, read))
                            .anyMatch(
                                    line -> line.startsWith(pointer.substring(1).replace('/', '.') + ": "));
                } catch (PlanRefused refused) {
                    String field = pointer.substring(1).replace('/', '.');
                    assertThat(refused.faults())
                            .as(pointer)
                            .anyMatch(fault -> fault.contains(field.substring(field.lastIndexOf('.') + 1))
                                    || fault.contains("expiresAt"));
                }
            }
        }
        assertThat(digests).hasSizeGreaterThan(15).doesNotHaveDuplicates();
        assertThat(PlanDifference.between(plan, plan)).isEmpty();
    }

    @Test
    void a_field_too_many_too_few_twice_or_of_another_type_is_refused_by_its_name() {
        String text = new String(new PlanGenerator(4).plan(PlanKind.DEPOSIT).bytes(), StandardCharsets.UTF_8);
        for (String wrong : List.of(
                text.replaceFirst("\"value\":\"[0-9]+\"", "\"value\":32"),
                text.replaceFirst("\"value\":\"", "\"value\":\"0"),
                text.replaceFirst("\"value\":\"[0-9]+\"", "\"value\":null"),
                text.replaceFirst("\"treasury\":\"0x", "\"treasury\":\"0X"),
                text.replaceFirst("\\{", "{\"more\":\"1\","),
                text.replaceFirst("\"gas\":\\{", "\"gas\":{\"more\":\"1\","),
                text.replaceFirst("\"gas\":\\{", "\"gas\":{\"limit\":\"30000\","),
                text.replaceFirst("\"seatId\":\"[0-9]+\",", ""),
                text.replaceFirst("2026-06-02", "2026-06-31"),
                text.replaceFirst("csm-plan/1", "csm-plan/2"),
                text + " {}",
                "[" + text + "]",
                "")) {
            assertThatThrownBy(() -> PlanReader.read(wrong.getBytes(StandardCharsets.UTF_8)))
                    .as(wrong)
                    .isInstanceOf(PlanRefused.class);
        }
    }

    @Test
    void calldata_target_value_vault_credentials_and_roots_must_belong_together() {
        Plan plan = new PlanGenerator(5).plan(PlanKind.DEPOSIT);
        String last = plan.calldata().substring(0, plan.calldata().length() - 64);
        assertThat(codes(edited(plan, "/calldata", plan.calldata() + "00"))).containsExactly("CALLDATA_MISMATCH");
        assertThat(codes(edited(plan, "/calldata", last + "1".repeat(64)))).containsExactly("CALLDATA_MISMATCH");
        assertThat(codes(edited(plan, "/target", plan.treasury().text()))).containsExactly("TARGET_MISMATCH");
        assertThat(codes(edited(plan, "/value", "1"))).containsExactly("VALUE_MISMATCH");
        assertThat(codes(edited(plan, "/action/vault", plan.treasury().text())))
                .containsExactly("CREDENTIALS_MISMATCH", "VAULT_MISMATCH");
        assertThat(codes(edited(plan, "/action/beneficiary", plan.treasury().text())))
                .containsExactly("VAULT_MISMATCH");
        assertThat(codes(edited(plan, "/network/vaultFactory", plan.treasury().text())))
                .containsExactly("VAULT_MISMATCH");
        assertThat(codes(edited(plan, "/network/vaultCreationCodeHash", "0x" + "11".repeat(32))))
                .containsExactly("VAULT_CODE_MISMATCH");
        assertThat(codes(edited(plan, "/preconditions/depositRoot", "0x" + "11".repeat(32))))
                .containsExactly("DEPOSIT_ROOT_MISMATCH");
        assertThat(codes(edited(plan, "/action/depositDataRoot", "0x" + "11".repeat(32))))
                .containsExactly("CALLDATA_MISMATCH", "DEPOSIT_DATA_ROOT_MISMATCH");
        assertThat(PlanCheck.of(plan, plan.expiresAt(), null))
                .extracting(PlanCheck.Finding::code)
                .containsExactly("EXPIRED");
        Plan approve = new PlanGenerator(6).plan(PlanKind.APPROVE);
        assertThat(codes(edited(approve, "/action/depositor", approve.treasury().text())))
                .contains("DEPOSITOR_MISMATCH");
    }

    @Test
    void the_reader_in_another_language_finds_the_same_digest_sentence_and_faults() throws Exception {
        PlanGenerator generator = new PlanGenerator(7);
        Random random = new Random(7);
        List<byte[]> documents = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            for (PlanKind kind : PlanKind.values()) {
                Plan plan = generator.plan(kind);
                documents.add(plan.bytes());
                List<String> leaves = leaves(StrictJson.parse(plan.bytes()), "");
                String pointer = leaves.get(random.nextInt(leaves.size()));
                String text = StrictJson.parse(plan.bytes()).at(pointer).asString();
                documents.add(edited(
                        plan, pointer, text.substring(0, text.length() - 1) + (char) ('0' + random.nextInt(10))));
            }
        }
        List<JsonNode> theirs = secondReader(documents);

        assertThat(theirs).hasSameSizeAs(documents);
        int refused = 0;
        for (int i = 0; i < documents.size(); i++) {
            JsonNode verdict = theirs.get(i);
            Plan plan;
            try {
                plan = PlanReader.read(documents.get(i));
            } catch (PlanRefused e) {
                assertThat(verdict.has("refused")).as(e.getMessage()).isTrue();
                refused++;
                continue;
            }
            assertThat(verdict.path("digest").asString())
                    .isEqualTo(plan.digest().text());
            assertThat(verdict.path("sentence").asString()).isEqualTo(PlanSentence.of(plan));
            List<String> found = new ArrayList<>();
            verdict.path("findings").forEach(each -> found.add(each.asString()));
            assertThat(found)
                    .isEqualTo(PlanCheck.of(plan, null, PlanGenerator.CODE).stream()
                            .map(PlanCheck.Finding::code)
                            .toList());
        }
        assertThat(refused).isBetween(5, documents.size() / 2);
    }

    private List<JsonNode> secondReader(List<byte[]> documents) throws IOException, InterruptedException {
        Path plans = folder.resolve("plans");
        StringBuilder lines = new StringBuilder();
        documents.forEach(
                each -> lines.append(new String(each, StandardCharsets.UTF_8)).append('\n'));
        Files.writeString(plans, lines);
        Path code = Files.writeString(folder.resolve("code"), "60806040".repeat(40));
        Path out = folder.resolve("out");
        RequiredProgram.onThePath("python3");
        Process reader = new ProcessBuilder(
                        "python3",
                        SharedMaterial.repository()
                                .resolve("deploy/seats/verify-plan.py")
                                .toString(),
                        "--lines",
                        plans.toString(),
                        code.toString())
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        assertThat(reader.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("err")).isEmptyFile();
        return Files.readAllLines(out).stream()
                .map(line -> StrictJson.parse(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Test
    void the_second_reader_is_shorter_than_three_hundred_lines() throws IOException {
        assertThat(Files.readAllLines(SharedMaterial.repository().resolve("deploy/seats/verify-plan.py")))
                .hasSizeLessThan(300);
    }

    private static List<String> codes(byte[] document) {
        return PlanCheck.of(PlanReader.read(document), Instant.EPOCH, PlanGenerator.CODE).stream()
                .map(PlanCheck.Finding::code)
                .toList();
    }

    static List<String> leaves(JsonNode node, String pointer) {
        List<String> leaves = new ArrayList<>();
        node.properties()
                .forEach(member -> leaves.addAll(
                        member.getValue().isObject()
                                ? leaves(member.getValue(), pointer + "/" + member.getKey())
                                : List.of(pointer + "/" + member.getKey())));
        return leaves;
    }

    public static byte[] edited(Plan plan, String pointer, String text) {
        return StrictJson.write(edited(plan.json(), pointer.substring(1).split("/"), 0, text));
    }

    private static Map<String, Object> edited(Map<?, ?> object, String[] path, int depth, String text) {
        Map<String, Object> copy = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            if (!name.equals(path[depth])) {
                copy.put(String.valueOf(name), value);
            } else if (value instanceof Map<?, ?> nested) {
                copy.put(String.valueOf(name), edited(nested, path, depth + 1, text));
            } else {
                copy.put(String.valueOf(name), text);
            }
        });
        return copy;
    }
}
