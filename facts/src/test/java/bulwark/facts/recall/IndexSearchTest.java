package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.fact.RenderedFact;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IndexSearchTest {
    private static RenderedFact fact(String tenant, String scope, @Nullable String garden) {
        return fact(tenant, scope, garden, 1, Long.MAX_VALUE);
    }

    private static RenderedFact fact(
            String tenant, String scope, @Nullable String garden, double confidence, long expires) {
        return new RenderedFact(
                "id", tenant, scope, garden, new byte[0], 0, false, false, confidence, expires, Long.MAX_VALUE);
    }

    /** What the index says of its end and of its confidence is not believed either. */
    @Test
    void a_fact_that_was_read_is_shown_only_while_it_is_valid_and_as_sure_as_was_asked() {
        IndexSearch.Visible visible = new IndexSearch.Visible("default", "team", Set.of(), 0.5, 1_000);
        assertThat(visible.covers(fact("default", "team", null, 0.5, 1_001))).isTrue();
        assertThat(visible.covers(fact("default", "team", null, 0.5, 1_000))).isFalse();
        assertThat(visible.covers(fact("default", "team", null, 0.4, 1_001))).isFalse();
    }

    /** Whoever edits the files of the index can have it name any fact: what was read decides. */
    @Test
    void a_fact_that_was_read_is_shown_only_where_the_caller_sees_it() {
        IndexSearch.Visible visible = new IndexSearch.Visible("default", "team", Set.of("rose"), 0, 0);
        assertThat(visible.covers(fact("default", "team", null))).isTrue();
        assertThat(visible.covers(fact("default", "team", "rose"))).isTrue();
        assertThat(visible.covers(fact("default", "team", "thorn"))).isFalse();
        assertThat(visible.covers(fact("default", "company", null))).isFalse();
        assertThat(visible.covers(fact("other", "team", null))).isFalse();
    }
}
