package bulwark.doctor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.maven.plugin.surefire.log.api.NullConsoleLogger;
import org.apache.maven.plugins.surefire.report.ReportTestCase;
import org.apache.maven.plugins.surefire.report.ReportTestSuite;
import org.apache.maven.plugins.surefire.report.TestSuiteXmlParser;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Before the reader with which Maven reads such files. */
class JunitReportTest {
    private static List<ReportTestSuite> read(Report report) throws Exception {
        return new TestSuiteXmlParser(new NullConsoleLogger())
                .parse(new InputStreamReader(new ByteArrayInputStream(JunitReport.of(report)), StandardCharsets.UTF_8));
    }

    @Test
    void the_reader_of_maven_counts_what_the_report_counts() throws Exception {
        List<ReportTestSuite> suites = read(SampleReports.whole());
        assertThat(suites.stream()
                        .map(suite -> suite.getFullClassName() + " " + suite.getNumberOfTests() + " "
                                + suite.getNumberOfFailures() + " " + suite.getNumberOfErrors() + " "
                                + suite.getNumberOfSkipped()))
                .containsExactly(
                        "bulwark.doctor.facts 2 1 0 0", "bulwark.doctor.host 3 1 0 1", "bulwark.doctor.tasks 2 0 1 1");
        ReportTestCase refuted = suites.getFirst().getTestCases().get(1);
        assertThat(refuted.getName()).startsWith("FACTS-TLS-01 ");
        assertThat(refuted.hasFailure()).isTrue();
        assertThat(refuted.getFailureType()).isEqualTo("critical");
    }

    @Test
    void a_part_of_a_visit_says_that_it_is_one() throws Exception {
        Document document = ReportXml.parse(JunitReport.of(SampleReports.partial()));
        NodeList properties = document.getElementsByTagName("property");
        assertThat(properties.getLength()).isPositive();
        assertThat(((Element) properties.item(2)).getAttribute("value")).isEqualTo("false");
        assertThat(((Element) properties.item(3)).getAttribute("value")).contains("this is not the whole");
    }
}
