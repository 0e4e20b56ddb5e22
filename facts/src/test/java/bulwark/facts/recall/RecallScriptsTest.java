package bulwark.facts.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written in a script is found by its words in that script. */
@Timeout(60)
class RecallScriptsTest {
    @TempDir
    Path folder;

    private RecallNode node;

    @BeforeEach
    void start() {
        node = new RecallNode(folder);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ประเทศไทย, ไทย", // Thai
        "กรุงเทพเป็นเมืองหลวงของประเทศไทย, เมืองหลวง",
        "ປະເທດລາວ, ລາວ", // Lao
        "ភាសាខ្មែរ, ខ្មែរ", // Khmer
        "မြန်မာစာ, မြန်မာ", // Burmese
        "한국어 사실입니다, 사실", // Korean
        "한국어 사실입니다, 사실은",
        "물을 마신다, 물",
        "대한민국의 수도는 서울이다, 서울",
        "日本語の事実です, 事実", // Japanese
        "データベース, データ",
        "他住在北京, 北京", // Chinese
        "يعمل مهندسا في القاهرة, القاهرة", // Arabic
        "הוא גר בירושלים, בירושלים", // Hebrew
        "она живёт в Москве, Москве", // Russian
        "वह दिल्ली में रहता है, दिल्ली", // Hindi
        "🚀🔥, 🚀", // emoji
        "🚀🔥, 🔥",
        "great👍🏽work, 👍",
        "I ❤️ tea, ❤",
        "👩‍💻 at work, 👩",
        "lives in 🇹🇭, 🇹🇭",
        "Zażółć gęślą jaźń, zazolc",
        "größe, GROSSE"
    })
    void a_word_is_found_in_its_own_script(String written, String query) {
        node.assertFact("user:other", "memory:note", "nothing of interest");
        String id = node.assertFact("user:x", "memory:note", written);
        assertThat(RecallNode.ids(node.recall(query))).containsExactly(id);
    }

    @ParameterizedTest
    @CsvSource({
        "ประเทศไทย, ลาว",
        "ประเทศไทย, ท",
        "한국어 사실입니다, 서울",
        "한국어 사실입니다, 물",
        "🚀🔥, 🙂",
        "lives in 🇹🇭, 🇫🇷",
        "データベース, カレンダー"
    })
    void a_word_that_was_not_written_is_not_known(String written, String query) {
        node.assertFact("user:x", "memory:note", written);
        assertThat(node.recall(query).get("nothing_known").booleanValue()).isTrue();
    }

    @Test
    void a_whole_word_comes_before_words_that_contain_its_letters() {
        String inside = node.assertFact("user:a", "memory:note", "슈퍼컴퓨터");
        String whole = node.assertFact("user:b", "memory:note", "컴퓨터");
        assertThat(RecallNode.ids(node.recall("컴퓨터"))).containsExactly(whole, inside);
    }

    @Test
    void an_endless_word_of_such_a_script_is_answered() {
        String id = node.assertFact("user:x", "memory:note", "ไทย".repeat(3000));
        assertThat(RecallNode.ids(node.recall("ไทย".repeat(2000) + " " + "한국".repeat(2000))))
                .containsExactly(id);
    }
}
