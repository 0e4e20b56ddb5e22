package bulwark.seats.send;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.plan.Plan;
import bulwark.testkit.AnvilChain;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape tells of sends and of the signer. */
@Timeout(180)
class SendMetricsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T08:00:00Z");

    @TempDir
    Path folder;

    private static Optional<String> value(Metrics figures, String series) {
        return figures.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> line.substring(series.length() + 1))
                .findFirst();
    }

    @Test
    void replacements_endings_steps_and_pauses_are_counted_as_they_happen() throws Exception {
        Path signer = Files.createDirectories(folder.resolve("signer"));
        try (AnvilChain chain = AnvilChain.start();
                TreasuryUnderTest treasury = new TreasuryUnderTest(chain, signer, 11);
                SenderUnderTest seats = SenderUnderTest.of(treasury, folder, step -> {}, chain.uri(), chain.uri())) {
            seats.reconciler.run();
            chain.call("evm_setAutomine", false);
            Plan plan = treasury.vaultPlan();
            seats.submit(treasury, plan);
            assertThat(value(seats.figures, "seats_transactions_open{state=\"SENT\"}"))
                    .contains("1.0");
            seats.submit(treasury, treasury.bump(plan, 0));
            chain.mine();
            assertThat(seats.settle(plan).status()).isEqualTo(Operation.Status.CONFIRMED);
            Plan other = treasury.vaultPlan();
            seats.submit(treasury, other);
            Plan cancel = treasury.cancel(other, 1);
            seats.submit(treasury, cancel);
            chain.mine();
            assertThat(seats.settle(cancel).status()).isEqualTo(Operation.Status.CONFIRMED);

            Metrics figures = seats.figures;
            for (String kind : List.of("fee-bump", "cancel")) {
                assertThat(value(figures, "seats_transactions_started_total{kind=\"" + kind + "\"}"))
                        .as(kind)
                        .contains("1.0");
                assertThat(value(figures, "seats_plan_to_receipt_seconds_count{kind=\"" + kind + "\"}"))
                        .as(kind)
                        .contains("1");
            }
            assertThat(value(figures, "seats_transactions_started_total{kind=\"vault-deploy\"}"))
                    .contains("2.0");
            assertThat(value(figures, "seats_transactions_closed_total{state=\"REPLACED\"}"))
                    .contains("2.0");
            assertThat(value(figures, "seats_transactions_open{state=\"SENT\"}"))
                    .contains("0.0");
            assertThat(value(figures, "seats_sends_paused{code=\"PAUSED\"}")).contains("0.0");

            seats.sender.ledger().pause("PAUSED", "a drill", "user:root", "request");
            seats.sender.ledger().pause("A_NEW_ONE", "a drill", "user:root", "request");
            assertThat(value(figures, "seats_sends_paused{code=\"PAUSED\"}")).contains("1.0");
            assertThat(value(figures, "seats_sends_paused{code=\"OTHER\"}")).contains("1.0");
            Plan refused = treasury.vaultPlan();
            try {
                seats.submit(treasury, refused);
            } catch (SendRefused expected) {
                assertThat(expected.code()).isEqualTo("SENDS_PAUSED");
            }
            assertThat(value(figures, "seats_sends_refused_total{code=\"SENDS_PAUSED\"}"))
                    .contains("1.0");
        }
    }

    @Test
    void the_signer_is_shown_as_it_answers_and_an_answer_in_another_form_counts_as_none() {
        Metrics figures = new Metrics(SendMetrics.ALL);
        SettableClock clock = new SettableClock(NOW);
        SignerGauges gauges = new SignerGauges(figures);
        gauges.register(clock);
        assertThat(value(figures, "seats_signer_ready")).contains("0.0");
        assertThat(value(figures, "seats_signer_sentinel_age_seconds")).contains("NaN");

        take(
                gauges,
                "{'state':'ready','lastSentinel':'2026-06-01T07:59:30Z','signed':'7','refusals':{'POLICY_DENIED':'3'}}");
        clock.advance(Duration.ofMinutes(2));
        assertThat(value(figures, "seats_signer_ready")).contains("1.0");
        assertThat(value(figures, "seats_signer_sentinel_age_seconds")).contains("150.0");
        assertThat(value(figures, "seats_signer_transactions")).contains("7.0");
        assertThat(value(figures, "seats_signer_refusals{code=\"POLICY_DENIED\"}"))
                .contains("3.0");

        gauges.silent();
        assertThat(value(figures, "seats_signer_ready")).contains("0.0");
        for (String odd : List.of(
                "{'state':'ready','lastSentinel':'yesterday','signed':'7'}",
                "{'state':'ready','lastSentinel':'','signed':'many'}",
                "{'state':'ready','lastSentinel':'','signed':'7','refusals':{'A':'x'}}",
                "{'state':'ready'}")) {
            take(gauges, odd);
            assertThat(value(figures, "seats_signer_ready")).as(odd).contains("0.0");
        }
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            char[] letters = {(char) ('A' + i / 26), (char) ('A' + i % 26)};
            many.append(i == 0 ? "'" : ",'").append(letters).append("':'1'");
        }
        take(gauges, "{'state':'ready','lastSentinel':'','signed':'7','refusals':{'a b':'1'," + many + "}}");
        assertThat(figures.scrape()
                        .lines()
                        .filter(line -> line.startsWith("seats_signer_refusals{"))
                        .count())
                .as("whoever listens at the socket cannot make series without end")
                .isLessThanOrEqualTo(60);
    }

    private static void take(SignerGauges gauges, String json) {
        gauges.take(StrictJson.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }
}
