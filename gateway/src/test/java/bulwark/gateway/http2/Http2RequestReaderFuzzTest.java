package bulwark.gateway.http2;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.RawRequestHead;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a header list holds: it is refused, or each of its lines is one line of the head, in its order, and nothing else is. */
class Http2RequestReaderFuzzTest {
    private static final List<String> SEEDS = List.of(
            ":method=GET&:scheme=https&:authority=a.example&:path=/a/b%20c?x=1&accept=*/*&x-own=1",
            ":method=POST&:scheme=https&:authority=a&:path=/&content-length=12&te=trailers&cookie=a=b",
            ":method=PUT&:scheme=https&:path=/x&host=a&x-tab=a\tb&expect=100-continue");

    private final Http2RequestReader lists = new Http2RequestReader(HeadLimits.STANDARD);
    private final HeadReader heads = new HeadReader(HeadLimits.STANDARD);

    /** Lines by {@code &}, each a name, the first equals sign, a value. */
    private static HeaderList list(String text) {
        HeaderList list = new HeaderList();
        for (String line : text.split("&", -1)) {
            int equals = line.indexOf('=');
            list.add(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
        }
        return list;
    }

    @FuzzTest(maxDuration = "1m")
    void a_list_that_is_accepted_is_one_head_with_its_lines(byte[] bytes) {
        HeaderList list = list(new String(bytes, StandardCharsets.ISO_8859_1));
        if (lists.read(list, false, heads) != HeadReader.Result.COMPLETE) {
            return;
        }
        RawRequestHead head = heads.request();
        List<String> theirs = new ArrayList<>();
        for (int i = 0; i < list.count(); i++) {
            String name = list.name(i).toString();
            if (!name.startsWith(":") && !name.equals("host") && !name.equals("cookie")) {
                theirs.add(name + ": " + list.value(i));
            }
        }
        List<String> ours = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            long field = head.field(i);
            String name = head.name(field);
            if (!name.equals("host") && !name.equals("cookie") && !name.equals("transfer-encoding")) {
                ours.add(name + ": " + head.value(field));
            }
        }
        assertThat(ours).isEqualTo(theirs);
        assertThat(head.method()).isEqualTo(list.method().toString());
        assertThat(head.isChunked()).isEqualTo(head.contentLength() < 0);
        assertThat(head.values("host")).hasSize(1);
        assertThat(Field.valueEnd(head.field(head.fieldCount() - 1))).isLessThan(head.bytes().length);
    }

    @Test
    void mutations_of_lists_are_accepted_word_for_word_or_refused() {
        Random random = new Random(4711);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.ISO_8859_1);
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
            }
            HeaderList list = list(new String(bytes, StandardCharsets.ISO_8859_1));
            accepted += lists.read(list, false, heads) == HeadReader.Result.COMPLETE ? 1 : 0;
            a_list_that_is_accepted_is_one_head_with_its_lines(bytes);
        }
        assertThat(accepted).isGreaterThan(3_000);
    }
}
