package bulwark.acceptance;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.security.MessageDigest;
import java.security.Signature;

/** The direction of knowledge, held by a test. */
@AnalyzeClasses(packages = "bulwark", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_KERNEL_KNOWS_NO_PART = noClasses()
            .that()
            .resideInAPackage("bulwark.kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "bulwark.web..", "bulwark.facts..", "bulwark.tasks..", "bulwark.app..", "io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule THE_EDGE_KNOWS_NO_PART = noClasses()
            .that()
            .resideInAPackage("bulwark.web..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("bulwark.facts..", "bulwark.tasks..", "bulwark.app..");

    @ArchTest
    static final ArchRule PARTS_DO_NOT_KNOW_THE_PROGRAM = noClasses()
            .that()
            .resideInAnyPackage("bulwark.facts..", "bulwark.tasks..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("bulwark.app..", "io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule NO_PART_KNOWS_ANOTHER =
            slices().matching("bulwark.(facts|tasks)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule ONLY_SIGNING_NAMES_A_CRYPTO_PROVIDER = noClasses()
            .that()
            .resideOutsideOfPackage("bulwark.kernel.signing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bouncycastle..", "com.amazon.corretto..", "javax.crypto..");

    @ArchTest
    static final ArchRule ONLY_SIGNING_SIGNS_AND_HASHES = noClasses()
            .that()
            .resideOutsideOfPackage("bulwark.kernel.signing..")
            .should()
            .callMethodWhere(target(nameMatching("getInstance"))
                    .and(target(owner(assignableTo(Signature.class).or(assignableTo(MessageDigest.class))))));

    @ArchTest
    static final ArchRule NO_CYCLES_BETWEEN_MODULES =
            slices().matching("bulwark.(*)..").should().beFreeOfCycles();

    /** Routes that only a test makes would be tested and never served. */
    @ArchTest
    static final ArchRule ALL_ROUTES_ARE_CONSTRUCTED_BY_THE_PROGRAM = classes()
            .that()
            .haveSimpleNameEndingWith("Routes")
            .and()
            .areNotInterfaces()
            .should(beConstructedByAnotherClass());

    private static ArchCondition<JavaClass> beConstructedByAnotherClass() {
        return new ArchCondition<>("be constructed by another class of the program") {
            @Override
            public void check(JavaClass routes, ConditionEvents events) {
                boolean constructed = routes.getConstructorCallsToSelf().stream()
                        .anyMatch(call -> !call.getOriginOwner().equals(routes));
                if (!constructed) {
                    events.add(SimpleConditionEvent.violated(
                            routes,
                            routes.getName() + " is constructed by no other class, so its routes are not served"));
                }
            }
        };
    }
}
