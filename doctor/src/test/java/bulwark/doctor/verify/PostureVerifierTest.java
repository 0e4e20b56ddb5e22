package bulwark.doctor.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.doctor.bundle.BundleRefused;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.signing.Digests;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostureVerifierTest {
    @TempDir
    static Path folder;

    private static SignedVisits visits;
    private static SignedVisits others;

    @BeforeAll
    static void sign() throws Exception {
        visits = SignedVisits.some(folder.resolve("one"), 5);
        others = SignedVisits.some(folder.resolve("other"), 5);
    }

    private static void assertRefused(PostureVerifier verifier, byte[] bundle, String sentence) {
        assertThatExceptionOfType(BundleRefused.class)
                .isThrownBy(() -> verifier.verify(bundle, visits.now()))
                .withMessageContaining(sentence);
    }

    @Test
    void a_bundle_says_on_one_screen_who_saw_what_when_under_which_keys() throws Exception {
        VerifiedPosture verified = visits.verifier().verify(visits.bundles().get(2), visits.now());
        List<String> lines = verified.lines();
        assertThat(lines).hasSizeLessThan(24);
        assertThat(String.join("\n", lines))
                .contains("who       bulwark.dev/doctor/")
                .contains("saw       state-0123, visit visit-2")
                .contains("3 hold, 1 hold with a reservation, 1 do not hold, 1 could not be looked at")
                .contains("fail      HOST-DEBUG-01")
                .contains("error     HOST-DISK-01")
                .contains("record 2 of 3, signed 2026-11-28T")
                .contains("Ed25519 ", "ML-DSA-44 ", "cosigned by Ed25519 with time ")
                .contains("report.json");
        assertThat(verified.statement().subjects())
                .containsEntry("report.json", Digests.sha256Hex(SignedVisits.REPORT));
    }

    @Test
    void every_flipped_bit_is_refused() throws Exception {
        PostureVerifier verifier = visits.verifier();
        byte[] good = visits.bundles().get(4);
        Random random = new Random(8);
        int step = 5;
        for (int at = 0; at < good.length; at += step) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            assertThatExceptionOfType(BundleRefused.class)
                    .as("byte " + at)
                    .isThrownBy(() -> verifier.verify(bad, visits.now()));
        }
        assertThat(verifier.verify(good, visits.now())).isNotNull();
    }

    @Test
    void a_foreign_doctor_a_foreign_log_and_a_foreign_bundle_are_refused() throws Exception {
        byte[] good = visits.bundles().get(3);
        assertRefused(others.verifier(), good, "no doctor's of the policy");
        String foreignLog = others.policy()
                        .lines()
                        .filter(line -> line.startsWith("log"))
                        .reduce("", (all, line) -> all + line + "\n")
                + visits.policy()
                        .lines()
                        .filter(line -> !line.startsWith("log"))
                        .reduce("", (all, line) -> all + line + "\n");
        assertRefused(visits.verifier(foreignLog), good, "no log of the policy signed");
    }

    @Test
    void a_key_counts_only_between_its_dates() throws Exception {
        byte[] good = visits.bundles().get(3);
        String ended = visits.policy().replaceFirst(" -\n$", " 2026-11-28T12:00:01Z\n");
        assertThat(ended).isNotEqualTo(visits.policy());
        assertRefused(visits.verifier(ended), good, "does not trust the key");
        String later = visits.policy().replace(SignedVisits.START + " -", "2027-01-01T00:00:00Z -");
        assertRefused(visits.verifier(later), good, "does not trust the key");
        assertThatExceptionOfType(BundleRefused.class)
                .isThrownBy(() -> visits.verifier().verify(good, SignedVisits.START.minus(Duration.ofDays(1))))
                .withMessageContaining("which is not yet");
    }

    @Test
    void a_checkpoint_without_the_doctors_own_cosignature_is_refused() throws Exception {
        String none = visits.policy().replace("quorum doctor", "quorum none");
        byte[] good = visits.bundles().get(3);
        String text = new String(good, StandardCharsets.UTF_8);
        int last = text.lastIndexOf("\u2014 bulwark.dev/doctor");
        int end = text.indexOf("\\n", last) + 2;
        byte[] cut = (text.substring(0, last) + text.substring(end)).getBytes(StandardCharsets.UTF_8);
        assertRefused(visits.verifier(), cut, "not cosigned by the quorum");
        assertRefused(visits.verifier(none), cut, "did not cosign");
        byte[] twice = (text.substring(0, end) + text.substring(last, end) + text.substring(end))
                .getBytes(StandardCharsets.UTF_8);
        assertRefused(visits.verifier(), twice, "one twice");
    }

    @Test
    void a_line_of_a_key_that_the_policy_does_not_name_is_refused() throws Exception {
        String lessKeys = visits.policy().replaceFirst("(?m)(^log .*\n)log .*\n", "$1");
        assertRefused(visits.verifier(lessKeys), visits.bundles().get(1), "not in the policy");
    }

    @Test
    void a_statement_has_each_probe_in_one_list() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new PostureStatement.Verdicts(
                        List.of("A"), List.of(), List.of("A"), List.of(), List.of(), List.of()))
                .withMessageContaining("two lists");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new PostureStatement(
                        Map.of("a", "no digest"),
                        new PostureStatement.Visited("t", "v", SignedVisits.START, SignedVisits.START),
                        new PostureStatement.Verdicts(
                                List.of("A"), List.of(), List.of(), List.of(), List.of(), List.of())));
    }

    @Test
    void a_policy_with_a_bad_line_is_refused_with_its_number() {
        String good = visits.policy();
        for (String bad : List.of(
                good.replace("#doctor:key", "#doctor:keys"),
                good.replaceFirst(" -\n$", "\n"),
                good.replaceFirst(" -\n$", " tomorrow\n"),
                good.replaceFirst(" -\n$", " 2020-01-01T00:00:00Z\n"),
                good + good.lines().toList().getLast() + "\n",
                good.replaceFirst("#doctor:key [^ ]+", "#doctor:key x"),
                good.lines().filter(line -> !line.startsWith("#")).reduce("", (all, line) -> all + line + "\n"))) {
            assertThatExceptionOfType(NoteRefused.class)
                    .as(bad)
                    .isThrownBy(() -> PosturePolicy.parse(bad.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
