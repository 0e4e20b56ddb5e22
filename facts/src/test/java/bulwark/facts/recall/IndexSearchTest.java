package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.fact.RenderedFact;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IndexSearchTest {
    private static RenderedFact fact(String tenant, String scope, @Nullable String garden) {
        return new RenderedFact("id", tenant, scope, garden, new byte[0], false, false, Long.MAX_VALUE);
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
