namespace Agents.Plugins.CodePipeline.Running;

/// <summary>What became of all tests of a program. Every test has a result, also where the program does not compile.</summary>
/// <param name="Results">In order of the tests.</param>
public sealed record RunReport(IReadOnlyList<CodeTestResult> Results)
{
    /// <summary>Gets whether every test passed. One that failed decides, wherever it stands (papers/62 §6).</summary>
    public bool Passed => Results.All(result => result.Passed);

    /// <summary>Gets how many tests passed.</summary>
    public int PassedCount => Results.Count(result => result.Passed);

    /// <summary>Gets the first test that failed; null when all passed.</summary>
    public CodeTestResult? FirstFailure => Results.FirstOrDefault(result => !result.Passed);

    /// <summary>Creates the report of a program that no test could run.</summary>
    /// <param name="tests">The tests.</param>
    /// <param name="error">Why.</param>
    public static RunReport Failed(IReadOnlyList<CodeTest> tests, string error)
    {
        ArgumentNullException.ThrowIfNull(tests);
        return new RunReport([.. tests.Select(test => new CodeTestResult(test, false, null, error))]);
    }
}
