namespace Agents.Evaluation.Roles;

/// <summary>Names of the roles that training data is written for.</summary>
public static class RoleNames
{
    /// <summary>Question to solution.</summary>
    public const string Solve = "solve";

    /// <summary>Question and solution to critique and verdict.</summary>
    public const string Verify = "verify";

    /// <summary>Question, solution and critique to corrected solution.</summary>
    public const string Refine = "refine";

    /// <summary>Question and candidates to a new solution.</summary>
    public const string Aggregate = "aggregate";

    /// <summary>Question and candidates to the number of the most consistent one.</summary>
    public const string Choose = "choose";

    /// <summary>Question to its conditions.</summary>
    public const string Sticker = "sticker";

    /// <summary>Conditions to solution.</summary>
    public const string SolveFromSticker = "solve-from-sticker";

    /// <summary>Question to several answers with probabilities.</summary>
    public const string Verbalize = "verbalize";

    /// <summary>Question to a similar question with its solution.</summary>
    public const string Variant = "variant";

    /// <summary>Question and solution to critique, verdict and answer: a verifier that has the last word.</summary>
    public const string Conclude = "conclude";

    /// <summary>Question and conditions, which may be wrong, to solution.</summary>
    public const string SolveWithSticker = "solve-with-sticker";

    /// <summary>Question and conditions to corrected conditions.</summary>
    public const string Correct = "correct";

    /// <summary>Solution to the conditions that it used.</summary>
    public const string Invert = "invert";

    /// <summary>Question and answers with probabilities, then further answers, in a second turn.</summary>
    public const string VerbalizeMore = "verbalize-more";

    /// <summary>Solved questions as earlier turns, then a question to its solution.</summary>
    public const string SolveInContext = "solve-in-context";

    /// <summary>Question and solution to feedback that names the line and its correction.</summary>
    public const string Feedback = "feedback";

    /// <summary>Question, solution and feedback to revised solution.</summary>
    public const string Revise = "revise";

    /// <summary>Question about code to subtasks.</summary>
    public const string Plan = "plan";

    /// <summary>Question about code and subtasks to program.</summary>
    public const string CodeWithPlan = "code-with-plan";

    /// <summary>Question about code and program to report that ends in PASS or FAIL.</summary>
    public const string Test = "test";

    /// <summary>Question about code, program and report to program.</summary>
    public const string Fix = "fix";

    /// <summary>Question about code, program, failing test and trace to repaired program.</summary>
    public const string Repair = "repair";
}
