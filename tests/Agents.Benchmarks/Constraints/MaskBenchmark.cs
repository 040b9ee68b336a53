using System.Diagnostics;
using Agents.Models;
using Agents.Models.Constraints;
using Agents.Models.Gguf;
using Agents.Models.Tokenization;

namespace Agents.Benchmarks.Constraints;

/// <summary>
/// Microseconds per step of constrained decoding: mask and move. The first samples of a constraint find its masks, later ones copy them. Tokens are drawn
/// evenly from the allowed ones, which visits more states than a trained model does.
/// </summary>
internal static class MaskBenchmark
{
    private const int Samples = 40;
    private const int Tokens = 200;

    private static readonly (string Name, OutputConstraint Constraint)[] Cases =
    [
        ("any JSON", OutputConstraint.Json),
        ("flat schema", OutputConstraint.JsonSchema("""{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150},"tags":{"type":"array","items":{"type":"string"}}},"required":["name","age","tags"]}""")),
        ("maxLength 300", OutputConstraint.JsonSchema("""{"type":"string","minLength":100,"maxLength":300}""")),
        ("recursive schema", OutputConstraint.JsonSchema("""{"type":"object","properties":{"text":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}},"required":["text","children"]}""")),
        ("regex", OutputConstraint.Regex("([A-Z][a-z]+ ){2,8}[A-Z][a-z]+: \\d{1,3}(\\.\\d+)?")),
    ];

    public static int Run(string[] arguments)
    {
        ITokenizer tokenizer = arguments.Length > 0 ? Read(arguments[0]) : new BytePairTokenizer(Letters(151_936));
        Console.WriteLine($"{tokenizer.VocabularySize} tokens; {Samples} samples of up to {Tokens} tokens; microseconds");
        foreach ((string name, OutputConstraint constraint) in Cases)
        {
            ConstraintCompiler compiler = new(tokenizer);
            long start = Stopwatch.GetTimestamp();
            CompiledConstraint compiled = compiler.Compile(constraint);
            double compile = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            (double cold, double slowest, int steps) = Measure(compiled, tokenizer);
            double warm = double.MaxValue;
            double worst = double.MaxValue;
            for (int round = 0; round < 3; round++)
            {
                (double mean, double peak, _) = Measure(compiled, tokenizer);
                warm = Math.Min(warm, mean);
                worst = Math.Min(worst, peak);
            }

            Console.WriteLine($"{name,-18} compile {compile,7:F1} ms   cold {cold,8:F1} (slowest {slowest,8:F0})   warm {warm,7:F2} (slowest {worst,6:F0})   {steps} steps");
        }

        return 0;
    }

    private static (double Mean, double Slowest, int Steps) Measure(CompiledConstraint constraint, ITokenizer tokenizer)
    {
        uint[] allowed = new uint[constraint.Words];
        long total = 0;
        long slowest = 0;
        int steps = 0;
        for (ulong run = 0; run < Samples; run++)
        {
            ITokenConstraint sample = constraint.Begin(tokenizer.EndIds);
            SampleStream stream = new(run);
            for (int i = 0; i < Tokens && !sample.MustEnd; i++)
            {
                long start = Stopwatch.GetTimestamp();
                sample.Fill(allowed);
                long spent = Stopwatch.GetTimestamp() - start;
                int id = Draw(allowed, ref stream);
                start = Stopwatch.GetTimestamp();
                sample.Accept(id);
                spent += Stopwatch.GetTimestamp() - start;
                total += spent;
                slowest = Math.Max(slowest, spent);
                steps++;
            }
        }

        double unit = 1e6 / Stopwatch.Frequency;
        return (total * unit / steps, slowest * unit, steps);
    }

    private static int Draw(uint[] allowed, ref SampleStream stream)
    {
        int count = 0;
        foreach (uint word in allowed)
        {
            count += System.Numerics.BitOperations.PopCount(word);
        }

        int wanted = (int)(stream.NextUnit() * count);
        for (int id = 0; ; id++)
        {
            if ((allowed[id / 32] >> (id % 32) & 1) != 0 && wanted-- == 0)
            {
                return id;
            }
        }
    }

    private static VocabularyTokenizer Read(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return Tokenizers.Create(GgufTokenizer.Read(file.Metadata));
    }

    /// <summary>The bytes, and words with a space in front or not and JSON signs behind or not.</summary>
    private static TokenizerDefinition Letters(int size)
    {
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToCharacter((byte)value).ToString())];
        string[] tails = ["", "\",", "\":", "\"}", ":", ","];
        for (int number = 0; tokens.Count < size - 1; number++)
        {
            string word = "";
            for (int left = number / tails.Length; left > 0 || word.Length == 0; left /= 26)
            {
                word += (char)('a' + (left % 26));
            }

            tokens.Add((number % 3 == 0 ? ByteAlphabet.WriteText(" ") : "") + word + word + tails[number % tails.Length] + (number % 5 == 0 ? "s" : ""));
        }

        tokens = [.. tokens.Distinct()];
        while (tokens.Count < size - 1)
        {
            tokens.Add($"Q{tokens.Count}");
        }

        return new TokenizerDefinition
        {
            Model = "gpt2", Pre = "gpt-2", Tokens = [.. tokens, "<|end|>"], Kinds = [.. Enumerable.Repeat(TokenKind.Normal, size - 1), TokenKind.Control], Merges = [], EosId = size - 1, AddBos = false,
        };
    }
}
