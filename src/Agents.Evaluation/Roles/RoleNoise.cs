using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>How imperfect role data is, as shares in [0, 1]. Every corruption is labelled on its example.</summary>
public sealed record RoleNoise
{
    /// <summary>Gets the share of wrong solutions among the targets of solving.</summary>
    /// <value>Default 0.05.</value>
    public double WrongSolutions { get; init; } = 0.05;

    /// <summary>Gets the share of direct solutions of a misread question, where the question can be misread.</summary>
    /// <value>Default 0.2.</value>
    public double Misreadings { get; init; } = 0.2;

    /// <summary>Gets the share of wrong solutions among those shown to verifiers, refiners and critics.</summary>
    /// <value>Default 0.5.</value>
    public double WrongInputs { get; init; } = 0.5;

    /// <summary>Gets the share of critiques whose verdict is wrong, as targets and as inputs of refiners.</summary>
    /// <value>Default 0.3.</value>
    public double WrongVerdicts { get; init; } = 0.3;

    /// <summary>Gets the share of refinements that follow a wrong critique instead of the question.</summary>
    /// <value>Default 0.5.</value>
    public double FollowedCritiques { get; init; } = 0.5;

    /// <summary>Gets the share of refinements that see no critique, as in a pipeline without a verifier.</summary>
    /// <value>Default 0.15.</value>
    public double EmptyCritiques { get; init; } = 0.15;

    /// <summary>Gets the share of aggregation examples in which every candidate is right.</summary>
    /// <value>Default 0.15.</value>
    public double AllCandidatesRight { get; init; } = 0.15;

    /// <summary>Gets the share of aggregation examples in which no candidate is right.</summary>
    /// <value>Default 0.25.</value>
    public double NoCandidateRight { get; init; } = 0.25;

    /// <summary>Gets the share of syntheses that copy a wrong candidate.</summary>
    /// <value>Default 0.1.</value>
    public double CopiedCandidates { get; init; } = 0.1;

    /// <summary>Gets the share of choices that miss the most consistent candidate.</summary>
    /// <value>Default 0.15.</value>
    public double WrongChoices { get; init; } = 0.15;

    /// <summary>Gets the share of stickers in which a condition drifted or is missing.</summary>
    /// <value>Default 0.25.</value>
    public double DriftedStickers { get; init; } = 0.25;

    /// <summary>Gets the share of defective stickers among those shown to be corrected.</summary>
    /// <value>Default 0.75.</value>
    public double DefectiveStickers { get; init; } = 0.75;

    /// <summary>Gets the share of defective stickers that a correction leaves as they are.</summary>
    /// <value>Default 0.1.</value>
    public double UnfixedStickers { get; init; } = 0.1;

    /// <summary>Gets the share of weighted lists whose probabilities are wrong.</summary>
    /// <value>Default 0.2.</value>
    public double WrongProbabilities { get; init; } = 0.2;

    /// <summary>Gets the share of written variants whose solution is wrong.</summary>
    /// <value>Default 0.25.</value>
    public double WrongVariants { get; init; } = 0.25;

    /// <summary>Gets noise of zero everywhere that a target could be wrong; inputs keep their default mix of right and wrong.</summary>
    public static RoleNoise CleanTargets { get; } = new()
    {
        WrongSolutions = 0,
        WrongVerdicts = 0,
        FollowedCritiques = 0,
        CopiedCandidates = 0,
        WrongChoices = 0,
        Misreadings = 0,
        DriftedStickers = 0,
        UnfixedStickers = 0,
        WrongProbabilities = 0,
        WrongVariants = 0,
    };

    internal void Validate() => new OptionCheck(nameof(RoleNoise))
        .Share(WrongSolutions, nameof(WrongSolutions))
        .Share(Misreadings, nameof(Misreadings))
        .Share(WrongInputs, nameof(WrongInputs))
        .Share(EmptyCritiques, nameof(EmptyCritiques))
        .Share(DefectiveStickers, nameof(DefectiveStickers))
        .Share(UnfixedStickers, nameof(UnfixedStickers))
        .Share(WrongVerdicts, nameof(WrongVerdicts))
        .Share(FollowedCritiques, nameof(FollowedCritiques))
        .Share(AllCandidatesRight, nameof(AllCandidatesRight))
        .Share(NoCandidateRight, nameof(NoCandidateRight))
        .Share(AllCandidatesRight + NoCandidateRight, nameof(AllCandidatesRight) + "+" + nameof(NoCandidateRight))
        .Share(CopiedCandidates, nameof(CopiedCandidates))
        .Share(WrongChoices, nameof(WrongChoices))
        .Share(DriftedStickers, nameof(DriftedStickers))
        .Share(WrongProbabilities, nameof(WrongProbabilities))
        .Share(WrongVariants, nameof(WrongVariants))
        .ThrowIfBroken();
}
