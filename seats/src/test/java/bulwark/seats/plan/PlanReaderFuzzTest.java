package bulwark.seats.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: a plan that is written back with the same digest, or a refusal, and nothing else. */
class PlanReaderFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void bytes_are_a_plan_or_refused(byte[] bytes) {
        try {
            Plan plan = PlanReader.read(bytes);
            assertThat(PlanReader.read(plan.bytes())).isEqualTo(plan);
            PlanCheck.of(plan, PlanGenerator.CREATED, PlanGenerator.CODE);
            assertThat(PlanExplanation.lines(plan, java.util.List.of())).isNotEmpty();
        } catch (PlanRefused refused) {
            assertThat(refused.faults()).isNotEmpty();
        }
    }

    @Test
    void mutations_of_plans_are_plans_or_refused() {
        Random random = new Random(4711);
        PlanGenerator generator = new PlanGenerator(8);
        PlanKind[] kinds = PlanKind.values();
        for (int round = 0; round < 3_000; round++) {
            byte[] bytes = generator.plan(kinds[round % kinds.length]).bytes();
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
            }
            bytes_are_a_plan_or_refused(bytes);
        }
    }
}
