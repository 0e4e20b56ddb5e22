package bulwark.tasks.signing;

import static bulwark.tasks.signing.TestKeys.ENVELOPE;
import static bulwark.tasks.signing.TestKeys.ONE;
import static bulwark.tasks.signing.TestKeys.SIGNING;
import static bulwark.tasks.signing.TestKeys.TWO;
import static bulwark.tasks.signing.TestKeys.key;
import static bulwark.tasks.signing.TestKeys.publicKey;
import static bulwark.tasks.signing.TestKeys.reason;
import static bulwark.tasks.signing.TestKeys.settings;
import static bulwark.tasks.signing.TestKeys.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.time.SettableClock;
import bulwark.tasks.signing.EnvelopeSigning.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a key may sign, and when. */
class KeyPurposeTest {
    private static final String PURPOSES = "shop:tasks,operator:control";

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));

    private EnvelopeSigning at(Map<String, String> settings) {
        return EnvelopeSigning.reloading(() -> settings(settings), SIGNING, clock);
    }

    private static Map<String, String> secrets(String active, String purposes) {
        return Map.of(
                "STEM_SIGNING_KEYS",
                "shop:" + ONE + ",operator:" + TWO,
                "STEM_SIGNING_ACTIVE_KEY",
                active,
                "STEM_SIGNING_CONTROL_KEY",
                "operator",
                "STEM_SIGNING_PURPOSES",
                purposes);
    }

    private static Map<String, String> pairs(String purposes) {
        Map<String, String> settings = new HashMap<>(secrets("shop", purposes));
        settings.remove("STEM_SIGNING_KEYS");
        settings.put("STEM_SIGNING_ALGORITHM", "ed25519");
        settings.put("STEM_SIGNING_PRIVATE_KEYS", "shop:" + ONE + ",operator:" + TWO);
        settings.put("STEM_SIGNING_PUBLIC_KEYS", "shop:" + publicKey(ONE) + ",operator:" + publicKey(TWO));
        return settings;
    }

    @Test
    void a_key_signs_and_verifies_for_its_purpose_alone_whatever_its_algorithm() {
        for (Map<String, String> settings : List.of(secrets("shop", PURPOSES), pairs(PURPOSES))) {
            EnvelopeSigning tasks = at(settings);
            EnvelopeSigning control = tasks.forPurpose(KeyPurpose.CONTROL);

            assertThat(tasks.verify(tasks.sign(ENVELOPE))).isInstanceOf(Verdict.Valid.class);
            assertThat(control.verify(control.sign(ENVELOPE))).isInstanceOf(Verdict.Valid.class);
            assertThat(reason(control.verify(tasks.sign(ENVELOPE))))
                    .isEqualTo("the signing key \"shop\" is not for control");
            assertThat(reason(tasks.verify(control.sign(ENVELOPE))))
                    .isEqualTo("the signing key \"operator\" is not for tasks");
        }
    }

    @Test
    void without_purposes_every_key_signs_everything_and_a_warning_says_so() {
        EnvelopeSigning signing = with("KEYS", "shop:" + ONE, "ACTIVE_KEY", "shop");

        assertThat(signing.forPurpose(KeyPurpose.CONTROL).verify(signing.sign(ENVELOPE)))
                .isInstanceOf(Verdict.Valid.class);
        assertThat(signing.describe())
                .anyMatch(line ->
                        line.startsWith("warning: no key has a purpose") && line.contains("STEM_SIGNING_PURPOSES"));
        assertThat(at(secrets("shop", PURPOSES)).describe())
                .noneMatch(line -> line.startsWith("warning"))
                .contains("key shop: tasks (current)", "key operator: control (current)");
    }

    @Test
    void a_key_that_no_purpose_names_is_for_tasks() {
        EnvelopeSigning signing = at(secrets("shop", "operator:control"));

        assertThat(signing.verify(signing.sign(ENVELOPE))).isInstanceOf(Verdict.Valid.class);
        assertThat(reason(signing.forPurpose(KeyPurpose.CONTROL).verify(signing.sign(ENVELOPE))))
                .contains("is not for control");
    }

    @Test
    void a_purpose_of_a_key_that_is_not_there_is_said_and_warned_of_where_it_may_be_misspelt() {
        assertThat(at(secrets("shop", "shop:tasks,oprator:control")).describe())
                .contains(
                        "warning: STEM_SIGNING_PURPOSES names the key \"oprator\", which is not among the keys of this"
                                + " process; without a purpose there, for tasks only: operator");
        assertThat(at(secrets("shop", PURPOSES + ",former:tasks")).describe())
                .contains("STEM_SIGNING_PURPOSES names the key \"former\", which is not among the keys of this process")
                .noneMatch(line -> line.startsWith("warning"));
        assertThat(at(pairs(PURPOSES + ",former:tasks")).describe()).anyMatch(line -> line.contains("\"former\""));
    }

    @Test
    void an_active_key_that_is_not_for_tasks_signs_none() {
        EnvelopeSigning signing = at(secrets("operator", PURPOSES));

        assertThat(signing.canSign()).isFalse();
        assertThat(signing.signIfAble(ENVELOPE)).isSameAs(ENVELOPE);
        assertThatIllegalStateException()
                .isThrownBy(() -> signing.sign(ENVELOPE))
                .withMessageContaining("STEM_SIGNING_ACTIVE_KEY names a key that is not for tasks");
        assertThat(signing.forPurpose(KeyPurpose.CONTROL).canSign()).isTrue();
    }

    @Test
    void a_key_is_good_in_its_time_by_the_clock_of_the_reader() {
        for (Map<String, String> settings : List.of(
                secrets("shop", "shop:tasks:2026-01-02T04:00:00Z/2026-01-02T05:00:00Z"),
                pairs("shop:tasks:2026-01-02T04:00:00Z/2026-01-02T05:00:00Z"))) {
            clock.set(Instant.parse("2026-01-02T03:59:59Z"));
            EnvelopeSigning signing = at(settings);
            assertThat(signing.canSign()).isFalse();
            assertThat(signing.describe()).anyMatch(line -> line.endsWith("(announced)"));

            clock.advance(Duration.ofSeconds(1));
            var signed = signing.sign(ENVELOPE);
            assertThat(signing.verify(signed)).isInstanceOf(Verdict.Valid.class);

            clock.advance(Duration.ofHours(1));
            assertThat(reason(signing.verify(signed)))
                    .isEqualTo("the signing key \"shop\" expired at 2026-01-02T05:00:00Z");
            assertThatIllegalStateException()
                    .isThrownBy(() -> signing.sign(ENVELOPE))
                    .withMessageContaining("expired at");
            assertThat(signing.reload()).anyMatch(line -> line.endsWith("(retired)"));
        }
    }

    @Test
    void a_key_whose_end_is_set_while_another_signs_is_retiring() {
        assertThat(at(secrets("shop", "shop:tasks,operator:tasks+control:../2027-01-01T00:00:00Z"))
                        .describe())
                .contains("key operator: tasks+control until 2027-01-01T00:00:00Z (current)");
        Map<String, String> settings =
                new HashMap<>(secrets("shop", "shop:tasks+control,operator:tasks:../2027-01-01T00:00:00Z"));
        settings.remove("STEM_SIGNING_CONTROL_KEY");
        assertThat(at(settings).describe()).contains("key operator: tasks until 2027-01-01T00:00:00Z (retiring)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            shop                                       | must read id:tasks
            :tasks                                     | must read id:tasks
            shop:                                      | is not tasks or control
            shop:tasks+all                             | is not tasks or control
            shop:tasks,shop:control                    | twice
            shop:tasks:2026-01-01                      | does not read from/until
            shop:tasks:2026-01-01/..                   | does not read from/until
            shop:tasks:2026-01-02T00:00:00Z/2026-01-02T00:00:00Z | ends before it begins
            """)
    void what_is_no_purpose_is_refused(String purposes, String sentence) {
        assertRefused(secrets("shop", purposes), sentence);
    }

    @Test
    void one_secret_under_two_names_cannot_have_two_purposes() {
        Map<String, String> settings = new HashMap<>(secrets("shop", PURPOSES));
        settings.put("STEM_SIGNING_KEYS", "shop:" + ONE + ",operator:" + ONE);
        assertRefused(settings, "are the same and have different purposes");

        Map<String, String> pairs = new HashMap<>(pairs(PURPOSES));
        pairs.remove("STEM_SIGNING_PRIVATE_KEYS");
        pairs.put("STEM_SIGNING_PUBLIC_KEYS", "shop:" + publicKey(key(3)) + ",operator:" + publicKey(key(3)));
        assertRefused(pairs, "are the same and have different purposes");
    }

    private void assertRefused(Map<String, String> settings, String sentence) {
        assertThatExceptionOfType(ConfigurationRefused.class)
                .isThrownBy(() -> at(settings))
                .satisfies(refused -> assertThat(refused.sentences())
                        .anyMatch(problem -> problem.contains(sentence))
                        .noneMatch(problem -> problem.contains(ONE)));
    }
}
