using Agents.Programs;
using Agents.Verification;

namespace Agents.Evaluation.Verification;

/// <summary>Judges a response whose answer is a program of the mini-language by running it: right is what passes all tests.</summary>
internal static class ProgramJudge
{
    private static readonly ProgramLimits Limits = new() { Steps = 2_000 };

    public static Verdict Judge(VerificationRequest request)
    {
        if (ProgramText.Find(request.Response) is not { } text)
        {
            return Invalid("The response has no program.");
        }

        if (!MiniProgram.TryParse(text, out MiniProgram? program, out ProgramFailure? failure))
        {
            return Invalid($"The program does not parse: {failure.Message}.");
        }

        int passed = 0;
        foreach (string written in request.Tests)
        {
            if (!ProgramTest.TryParse(written, out ProgramTest? test))
            {
                return Verdict.NotJudgeable;
            }

            passed += test.Check(program, Limits).Passed ? 1 : 0;
        }

        bool correct = passed == request.Tests.Count;
        double score = passed / (double)request.Tests.Count;
        return new Verdict(correct, score)
        {
            Components = Components(correct ? 1 : 0, score, 1),
            Explanation = $"The program passes {passed} of {request.Tests.Count} tests.",
        };
    }

    private static Verdict Invalid(string explanation) => new(false, 0)
    {
        Invalid = true,
        Components = Components(0, 0, 0),
        Explanation = explanation,
    };

    private static Dictionary<string, double> Components(double answer, double tests, double format) => new()
    {
        ["answer"] = answer,
        ["tests"] = tests,
        ["format"] = format,
    };
}
