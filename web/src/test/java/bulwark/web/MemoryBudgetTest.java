package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import bulwark.web.MemoryBudget.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final long TOTAL = 800_000;
    private final MemoryBudget budget = new MemoryBudget(TOTAL);

    @Test
    void one_holder_cannot_use_up_what_another_needs() {
        List<RequestMemory> greedy = new ArrayList<>();
        EdgeRefusal refusal = null;
        for (int i = 0; i < 20 && refusal == null; i++) {
            RequestMemory memory = new RequestMemory(budget, "agent:greedy");
            greedy.add(memory);
            refusal = memory.tryTake(100_000);
        }
        assertThat(refusal).isEqualTo(new EdgeRefusal.ShareExhausted());
        assertThat(new RequestMemory(budget, "agent:other").tryTake(200_000)).isNull();
        greedy.forEach(RequestMemory::end);
        assertThat(budget.used()).isEqualTo(200_000);
        assertThat(new RequestMemory(budget, "agent:greedy").tryTake(400_000)).isNull();
    }

    @Test
    void all_together_cannot_take_more_than_the_total() {
        for (int i = 0; i < 8; i++) {
            assertThat(new RequestMemory(budget, "agent:" + i).tryTake(100_000)).isNull();
        }
        RequestMemory late = new RequestMemory(budget, "agent:late");
        assertThat(late.tryTake(1)).isEqualTo(new EdgeRefusal.Overloaded());
        assertThatThrownBy(() -> late.take(1)).isInstanceOf(RequestMemory.Exhausted.class);
        assertThat(budget.used()).isEqualTo(TOTAL);
    }

    @Test
    void a_request_that_no_holder_could_ever_make_is_told_so() {
        assertThat(budget.take("agent:a", 0, TOTAL)).isEqualTo(Verdict.TOO_LARGE);
        assertThat(new RequestMemory(budget, "agent:a").tryTake(TOTAL)).isEqualTo(new EdgeRefusal.TooComplex());
        assertThat(budget.used()).isZero();
    }

    @Test
    void small_steps_add_up_in_the_share_and_are_given_back_whole() {
        RequestMemory memory = new RequestMemory(budget, "agent:a");
        for (int i = 0; i < 400; i++) {
            assertThat(memory.tryTake(1_000)).isNull();
        }
        assertThat(new RequestMemory(budget, "agent:a").tryTake(200_000)).isEqualTo(new EdgeRefusal.ShareExhausted());
        assertThat(memory.holdOnly(17_000)).isNull();
        assertThat(budget.used()).isEqualTo(17_000);
        memory.end();
        memory.end();
        assertThat(budget.used()).isZero();
        assertThat(memory.tryTake(5)).as("after the end nothing is counted").isNull();
        assertThat(budget.used()).isZero();
        assertThat(new RequestMemory(budget, "agent:a").tryTake(450_000)).isNull();
    }

    @Test
    void the_estimate_of_a_tree_is_not_below_what_the_tree_holds() {
        String small = "[" + "{\"a\":1},".repeat(20_000) + "0]";
        byte[] json = small.getBytes(StandardCharsets.UTF_8);
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        Object tree = StrictJson.parse(json);
        System.gc();
        long held = runtime.totalMemory() - runtime.freeMemory() - before;
        assertThat(tree).isNotNull();
        assertThat(JsonCost.of(json)).isGreaterThan(held * 8 / 10);
        assertThat(JsonCost.of("x".repeat(500).getBytes(StandardCharsets.UTF_8)))
                .isLessThan(20_000);
    }
}
