package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.evidence.RefusalBudget.Key;
import org.junit.jupiter.api.Test;

class RefusalBudgetTest {
    private static final Key ALICE = new Key("acme", "alice", "forbidden");

    private final RefusalBudget budget = new RefusalBudget();

    @Test
    void callers_that_are_not_known_take_no_record_of_one_that_is() {
        for (int i = 0; i < 20_000; i++) {
            budget.tryTake(new Key("", "v6-" + i, "missing"), 0);
        }
        for (int i = 0; i < RefusalBudget.RECORDS_PER_KEY; i++) {
            assertThat(budget.tryTake(ALICE, 0)).isTrue();
        }
        assertThat(budget.tryTake(ALICE, 0)).isFalse();
        assertThat(budget.drain(60_000, false).counts()).containsEntry(ALICE, 1L);
    }

    @Test
    void one_tenant_takes_no_record_of_another_and_its_own_others_share_one_budget() {
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            taken += budget.tryTake(new Key("globex", "u" + i, "forbidden"), 0) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(1_000 + RefusalBudget.RECORDS_PER_KEY);
        assertThat(budget.tryTake(ALICE, 0)).isTrue();
        assertThat(budget.drain(60_000, false).counts())
                .containsEntry(new Key("globex", "others", "any"), 20_000L - taken);
    }

    @Test
    void a_tenant_beyond_the_last_free_key_still_has_a_budget_of_its_own() {
        for (int tenant = 0; tenant < 11; tenant++) {
            for (int i = 0; i < 1_000; i++) {
                budget.tryTake(new Key("t" + tenant, "u" + i, "forbidden"), 0);
            }
        }
        assertThat(budget.tryTake(ALICE, 0)).isTrue();
    }
}
