package bulwark.kernel.evidence.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.MlDsa44;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignedNoteTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final CheckpointSigner LOG = TestSigners.log("example.com/log");
    private static final Cosigner WITNESS = TestSigners.witness("doctor.example");

    private static SignedNote checkpoint(long size) {
        byte[] root = new byte[32];
        new Random(size).nextBytes(root);
        return LOG.sign(size, root, NOW);
    }

    @Test
    void the_example_of_the_specification_is_read_and_written_again_byte_by_byte() throws Exception {
        String example = """
                example.com/behind-the-sofa
                20852163
                CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

                \u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
                \u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
                """;
        SignedNote note = SignedNote.parse(example.getBytes(StandardCharsets.UTF_8));
        TlogCheckpoint checkpoint = TlogCheckpoint.parse(note.text());
        assertThat(checkpoint.origin()).isEqualTo("example.com/behind-the-sofa");
        assertThat(checkpoint.size()).isEqualTo(20_852_163);
        assertThat(note.lines().getLast().keyId()).isEqualTo("8d66cf3f");
        assertThat(note.lines().getLast().signature()).hasSize(72);
        assertThat(note.note()).isEqualTo(example);
        assertThat(checkpoint.text()).isEqualTo(note.text());
    }

    @Test
    void a_log_signs_with_two_lines_and_a_witness_adds_its_own() throws Exception {
        SignedNote note = SignedNote.parse(WITNESS.cosign(checkpoint(7), NOW).note());
        TlogCheckpoint checkpoint = TlogCheckpoint.parse(note.text());
        assertThat(note.lines()).hasSize(3);
        for (NoteKey key : LOG.keys()) {
            NoteKey read = NoteKey.parse(key.text());
            assertThat(read).isEqualTo(key);
            assertThat(read.verify(note, checkpoint, SIGNING)).isNotNull();
        }
        assertThat(Objects.requireNonNull(WITNESS.key().verify(note, checkpoint, SIGNING))
                        .time())
                .isEqualTo(NOW);
        assertThat(Objects.requireNonNull(LOG.keys().getLast().verify(note, checkpoint, SIGNING))
                        .time())
                .isEqualTo(NOW);
    }

    @Test
    void what_is_cosigned_is_the_text_of_the_specification() {
        SignedNote note = WITNESS.cosign(checkpoint(7), NOW);
        byte[] line = note.lines().getLast().signature();
        byte[] message =
                ("cosignature/v1\ntime " + NOW.getEpochSecond() + "\n" + note.text()).getBytes(StandardCharsets.UTF_8);
        byte[] signature = java.util.Arrays.copyOfRange(line, 8, line.length);
        assertThat(SIGNING.verify(WITNESS.key().publicKey(), message, signature))
                .isTrue();
    }

    @Test
    void the_ml_dsa_line_is_over_the_structure_of_the_specification() {
        SignedNote note = checkpoint(258);
        java.io.ByteArrayOutputStream message = new java.io.ByteArrayOutputStream();
        message.writeBytes("subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII));
        message.write(15);
        message.writeBytes("example.com/log".getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(
                java.nio.ByteBuffer.allocate(8).putLong(NOW.getEpochSecond()).array());
        message.write(15);
        message.writeBytes("example.com/log".getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2});
        byte[] root = new byte[32];
        new Random(258).nextBytes(root);
        message.writeBytes(root);
        byte[] line = note.lines().getLast().signature();
        assertThat(line).hasSize(8 + MlDsa44.SIGNATURE_BYTES);
        assertThat(MlDsa44.verify(
                        LOG.keys().getLast().publicKey(),
                        message.toByteArray(),
                        java.util.Arrays.copyOfRange(line, 8, line.length)))
                .isTrue();
    }

    @Test
    void a_bit_that_was_flipped_in_a_line_or_in_the_text_is_refused_or_makes_it_nobodys() throws Exception {
        byte[] good = WITNESS.cosign(checkpoint(7), NOW).note().getBytes(StandardCharsets.UTF_8);
        Random random = new Random(4);
        for (int round = 0; round < 600; round++) {
            byte[] note = good.clone();
            note[random.nextInt(note.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(verified(note)).isLessThan(3);
        }
        assertThat(verified(good)).isEqualTo(3);
    }

    private static long verified(byte[] bytes) {
        try {
            SignedNote note = SignedNote.parse(bytes);
            TlogCheckpoint checkpoint = TlogCheckpoint.parse(note.text());
            int verified = 0;
            for (NoteKey key : List.of(LOG.keys().getFirst(), LOG.keys().getLast(), WITNESS.key())) {
                verified += key.verify(note, checkpoint, SIGNING) == null ? 0 : 1;
            }
            return verified;
        } catch (NoteRefused e) {
            return -1;
        }
    }

    @Test
    void a_line_of_a_key_of_the_same_name_or_of_the_same_id_is_nobodys() throws Exception {
        SignedNote note = checkpoint(7);
        TlogCheckpoint checkpoint = TlogCheckpoint.parse(note.text());
        NoteKey other = TestSigners.log("example.com/log", 99).keys().getFirst();
        assertThat(other.verify(note, checkpoint, SIGNING)).isNull();
        NoteKey renamed = TestSigners.log("example.com/other").keys().getFirst();
        assertThat(renamed.verify(note, checkpoint, SIGNING)).isNull();
    }

    @Test
    void a_signature_of_a_known_key_that_is_not_its_own_refuses_the_whole_note() throws Exception {
        SignedNote note = checkpoint(7);
        SignedNote moved = new SignedNote(checkpoint(8).text(), note.lines());
        TlogCheckpoint checkpoint = TlogCheckpoint.parse(moved.text());
        for (NoteKey key : LOG.keys()) {
            assertThatExceptionOfType(NoteRefused.class)
                    .isThrownBy(() -> key.verify(moved, checkpoint, SIGNING))
                    .withMessageContaining("does not verify");
        }
    }

    @Test
    void malformed_notes_checkpoints_and_keys_are_refused_with_a_sentence() {
        String root = StrictBase64.text(new byte[32]);
        String line = "\u2014 a AAAAAAA=\n";
        for (String note : List.of(
                "",
                "\n",
                "a\n",
                "a\n\n",
                "a\n\n" + line.strip(),
                "a\n" + line,
                "a\r\n\n" + line,
                "a\n\n- a AAAAAAA=\n",
                "a\n\n\u2014 a AAAAAAB=\n",
                "a\n\n\u2014 a AAAAAA==\n",
                "a\n\n\u2014 a+b AAAAAAA=\n",
                "a\n\n\u2014 a\u00a0b AAAAAAA=\n",
                "a\n\n\u2014  AAAAAAA=\n",
                "a\n\n" + line + "\n")) {
            assertRefused(() -> SignedNote.parse(note), note);
        }
        for (String text : List.of(
                "o\n1\n" + root,
                "o\n01\n" + root + "\n",
                "o\n-1\n" + root + "\n",
                "o\n1\n" + root + "\n\n",
                "\n1\n" + root + "\n",
                "o\n9223372036854775808\n" + root + "\n",
                "o\n1\nAAAA\n",
                "o\n0\n" + root + "\n",
                "o\n1\n" + root.replace("AAA=", "AAB=") + "\n",
                "o\n1\n")) {
            assertRefused(() -> TlogCheckpoint.parse(text), text);
        }
        String key = LOG.keys().getFirst().text();
        for (String text : List.of(
                "",
                "a",
                "a+b+c",
                key.substring(1),
                key + "=",
                key.replaceFirst("\\+[0-9a-f]", "+G"),
                key + "AAAA",
                "a+00000000+AgAA",
                key.toUpperCase(java.util.Locale.ROOT))) {
            assertRefused(() -> NoteKey.parse(text), text);
        }
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable parse, String what) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(parse))
                .as(what)
                .isInstanceOf(NoteRefused.class);
    }

    @Test
    void the_names_of_the_two_keys_of_one_seed_do_not_change() {
        SecretBytes seed = SecretBytes.of(new byte[32]);
        assertThat(MlDsa44.signer(seed).publicKey())
                .isEqualTo(MlDsa44.signer(seed).publicKey());
        assertThat(TestSigners.log("example.com/log").keys()).isEqualTo(LOG.keys());
    }
}
