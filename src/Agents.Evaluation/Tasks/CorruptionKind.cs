namespace Agents.Evaluation.Tasks;

/// <summary>How a solution or a role text was made wrong. Every corruption is labelled, so label quality is always known.</summary>
public enum CorruptionKind
{
    /// <summary>Nothing was changed.</summary>
    None,

    /// <summary>The result of one step is wrong; later steps continue from it.</summary>
    WrongResult,

    /// <summary>An operand was exchanged for another number, or two parts changed places.</summary>
    SwappedOperand,

    /// <summary>One step was left out.</summary>
    SkippedStep,

    /// <summary>Another operation than the one asked for was applied.</summary>
    WrongOperation,

    /// <summary>One part of the answer is wrong, the others are untouched.</summary>
    WrongSlot,

    /// <summary>An outdated value was used.</summary>
    StaleValue,

    /// <summary>Another tool was chosen.</summary>
    WrongTool,

    /// <summary>An argument of the call is wrong.</summary>
    WrongArgument,

    /// <summary>A critique gives the wrong verdict.</summary>
    WrongVerdict,

    /// <summary>A refinement followed a wrong critique.</summary>
    FollowedWrongCritique,

    /// <summary>A sticker states a condition that the question does not.</summary>
    DriftedFact,

    /// <summary>A choice points at another than the most consistent candidate.</summary>
    WrongChoice,

    /// <summary>Stated probabilities differ from the true ones.</summary>
    WrongProbability,

    /// <summary>A synthesis copied a wrong candidate.</summary>
    CopiedCandidate,

    /// <summary>The question was misread, and what was read was solved without a mistake.</summary>
    Misreading,

    /// <summary>A sticker lacks a condition of the question.</summary>
    MissingFact,

    /// <summary>A sticker has a condition that is made up or calculated.</summary>
    InventedFact,

    /// <summary>A sticker does not say what is asked.</summary>
    VagueQuestion,
}
