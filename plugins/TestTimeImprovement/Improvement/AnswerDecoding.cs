namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>How the answer is read from the model, improved or not.</summary>
public enum AnswerDecoding
{
    /// <summary>One answer, by default greedy.</summary>
    Direct = 0,

    /// <summary>A plurality vote over samples.</summary>
    Vote = 1,
}
