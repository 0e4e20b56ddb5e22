package bulwark.tasks.execution;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.handler.DemoTasks;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.setup.TaskMetricDescriptions;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));
    private final EnvelopeSigning ours = signing(1);

    private static EnvelopeSigning signing(int seed) {
        byte[] key = new byte[32];
        new Random(seed).nextBytes(key);
        Map<String, String> keys = Map.of(
                "STEM_SIGNING_KEYS", "k:" + Base64.getEncoder().encodeToString(key), "STEM_SIGNING_ACTIVE_KEY", "k");
        return EnvelopeSigning.of(
                Configuration.read(TaskSettings.schema(), keys, Path.of("/nonexistent")), Signing.fastest());
    }

    private AdmissionDecision decide(Envelope envelope, long delivery) {
        TaskStores stores = new MemoryStores(clock);
        Admission admission = new Admission(
                ours,
                HandlerRegistry.of(List.of(), List.of(new DemoTasks())),
                new RevokedTasks(stores.revocations(), "stem", clock),
                new RateLimits(stores.rates(), new TaskMetrics(new Metrics(TaskMetricDescriptions.all()))),
                new StatusFactory("w1", clock),
                5,
                clock);
        Receipt receipt = new Receipt("default", "g", "c", "1-0", delivery);
        return admission.decide(new ReceivedMessage.Delivery(
                receipt, "default", Message.fresh(envelope), false, deaths(delivery), false));
    }

    private List<HolderDeath> deaths(long delivery) {
        return delivery == 1 ? List.of() : List.of(new HolderDeath(delivery - 1, "w0", clock.instant()));
    }

    private static Envelope received(EnvelopeSigning by, String meta) {
        Envelope made = EnvelopeCodec.ofFields(Map.of("name", "demo.echo", "args", "{\"a\":1}", "meta", meta))
                .envelope();
        return EnvelopeCodec.ofFields(EnvelopeCodec.fields(Message.fresh(by.sign(made))))
                .envelope();
    }

    @Test
    void an_envelope_that_no_key_signed_is_refused_before_it_is_a_tree() {
        for (int delivery : new int[] {1, 6}) {
            Envelope forged = received(signing(2), "{\"note\":\"forged\"}");

            AdmissionDecision decision = decide(forged, delivery);

            assertThat(forged.argsJson().hasTree()).isFalse();
            assertThat(forged.metaJson().hasTree()).isFalse();
            TaskStatus status = switch (decision) {
                case AdmissionDecision.Reject reject -> reject.status();
                case AdmissionDecision.Poison poison -> poison.status();
                default -> throw new AssertionError(decision);
            };
            assertThat(status.meta().has("note")).isFalse();
        }
    }

    @Test
    void a_signed_envelope_is_a_tree_once_it_may_run() {
        Envelope signed = received(ours, "{\"note\":\"own\"}");

        assertThat(signed.metaJson().hasTree()).isFalse();
        assertThat(decide(signed, 1)).isInstanceOf(AdmissionDecision.Run.class);
        assertThat(signed.metaJson().hasTree()).isTrue();
    }

    @Test
    void a_signed_time_limit_that_no_clock_can_count_is_refused() {
        AdmissionDecision decision = decide(received(ours, "{\"stem.timeLimitMs\":1e18}"), 1);

        assertThat(decision).isInstanceOfSatisfying(AdmissionDecision.Reject.class, reject -> {
            assertThat(reject.reason()).isEqualTo("malformed-envelope");
            assertThat(reject.meta().get("error")).contains("stem.timeLimitMs is beyond");
        });
    }
}
