using Agents.CodeRunner.Compilation;

namespace Agents.CodeRunner;

/// <summary>Compiles a small program, so that the compiler's own code is compiled before the first request.</summary>
internal static class Warmup
{
    private const string Sample = """
        using System.Text;
        public class Sample
        {
            public static int Count(int n)
            {
                var seen = new List<int> { 1, 2 };
                int sum = 0;
                for (int i = 0; i < n; i++)
                {
                    if (i % 2 == 0 && seen.Contains(i)) { sum += i; }
                    else { sum -= seen.Where(x => x > i).Select(x => x * 2).Sum(); }
                }
                while (sum > 100) sum--;
                return $"{sum}".Length;
            }
        }
        """;

    /// <summary>Compiles it, once as it is and once with a recorder.</summary>
    public static void Run()
    {
        var program = SourceProgram.Parse(Sample, "Count(3)");
        _ = program.Compile([("Count(3)", "1")], out _);
        _ = program.CompileTraced("Count(3)", out _, out _);
    }
}
