package bulwark.facts;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.web.RequestMemory;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageRowsTest {
    private final PageRows page = new PageRows(RequestMemory.unlimited());

    @Test
    void rows_of_a_small_page_are_read_together() {
        for (long key = 1; key <= 50; key++) {
            assertThat(page.admit(key, 100)).isTrue();
            assertThat(page.isInFirstBatch()).isTrue();
        }
        assertThat(page.batches()).hasSize(1);
        assertThat(page.batches().getFirst()).hasSize(50).startsWith(1L, 2L);
    }

    @Test
    void a_batch_ends_before_the_row_that_would_pass_its_bytes_and_a_large_row_stands_alone() {
        page.admit(1, 30_000);
        page.admit(2, 30_000);
        page.admit(3, 70_000);
        page.admit(4, 10);
        assertThat(page.batches()).containsExactly(List.of(1L), List.of(2L), List.of(3L), List.of(4L));
        assertThat(page.isInFirstBatch()).isFalse();
    }

    @Test
    void a_page_is_full_when_it_holds_enough_bytes() {
        int admitted = 0;
        while (page.admit(admitted, 65_000)) {
            admitted++;
        }
        assertThat(admitted).isBetween(15, 17);
    }

    @Test
    void a_page_takes_its_first_row_whatever_its_length() {
        assertThat(page.admit(1, 2L * PageRows.MAX_PAGE_BYTES)).isTrue();
        assertThat(page.admit(2, 1)).isFalse();
    }
}
