package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.lucene.analysis.Analyzer;
import org.junit.jupiter.api.Test;

class WordsTest {
    private final Analyzer analyzer = Words.analyzer();

    @Test
    void case_accents_and_punctuation_do_not_matter() {
        assertThat(Words.ofQuery(analyzer, "Café  CAFE\u0301 memory:Role user_a stigmem://host/user/alice-smith"))
                .containsExactly("cafe", "memory", "role", "user", "a", "stigmem", "host", "alice", "smith");
    }

    @Test
    void words_of_other_scripts_are_found() {
        assertThat(Words.ofQuery(analyzer, "東京 ключ")).containsExactly("東", "京", "ключ");
    }

    @Test
    void nothing_but_signs_gives_no_word() {
        assertThat(Words.ofQuery(analyzer, "+-&&||!(){}[]^\"~*?:\\/ \u0000\u0007\uD800"))
                .isEmpty();
    }

    @Test
    void a_huge_query_is_read_in_part() {
        StringBuilder huge = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            huge.append('w').append(i).append(' ');
        }
        assertThat(Words.ofQuery(analyzer, huge.toString())).hasSize(Words.MOST_IN_QUERY);
    }
}
