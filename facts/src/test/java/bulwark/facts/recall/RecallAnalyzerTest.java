package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.junit.jupiter.api.Test;

class RecallAnalyzerTest {
    private final Analyzer analyzer = RecallAnalyzer.analyzer();

    @Test
    void case_accents_and_punctuation_do_not_matter() {
        assertThat(RecallAnalyzer.ofQuery(
                        analyzer, "Café  CAFE\u0301 memory:Role user_a stigmem://host/user/alice-smith"))
                .containsExactly("cafe", "memory", "role", "user", "a", "stigmem", "host", "alice", "smith");
    }

    @Test
    void words_of_other_scripts_are_found() {
        assertThat(RecallAnalyzer.ofQuery(analyzer, "東京 ключ")).containsExactly("東", "京", "ключ");
    }

    @Test
    void punctuation_only_queries_have_no_terms() {
        assertThat(RecallAnalyzer.ofQuery(analyzer, "+-&&||!(){}[]^\"~*?:\\/ \u0000\u0007\uD800"))
                .isEmpty();
    }

    @Test
    void only_the_first_terms_of_a_huge_query_are_used() {
        StringBuilder huge = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            huge.append('w').append(i).append(' ');
        }
        assertThat(RecallAnalyzer.ofQuery(analyzer, huge.toString())).hasSize(RecallAnalyzer.MAX_QUERY_TERMS);
    }

    @Test
    void the_ascii_tokenizer_agrees_with_the_analyzer() throws IOException {
        Random random = new Random(13);
        AsciiTokenizer fast = new AsciiTokenizer();
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(80); i > 0; i--) {
                boolean word = random.nextInt(4) > 0;
                text.append(word ? "aZ09bcQ".charAt(random.nextInt(7)) : (char) random.nextInt(128));
            }
            if (round % 100 == 0) {
                text.append("w".repeat(200 + random.nextInt(400)));
            }
            assertThat(fast.set(text.toString())).isTrue();
            assertThat(words(fast)).isEqualTo(words(analyzer.tokenStream("", RecallAnalyzer.plain(text.toString()))));
        }
        assertThat(fast.set("caf\u00e9")).isFalse();
    }

    private static List<String> words(TokenStream stream) throws IOException {
        List<String> words = new ArrayList<>();
        CharTermAttribute term = stream.getAttribute(CharTermAttribute.class);
        stream.reset();
        while (stream.incrementToken()) {
            words.add(term.toString());
        }
        stream.end();
        stream.close();
        return words;
    }
}
