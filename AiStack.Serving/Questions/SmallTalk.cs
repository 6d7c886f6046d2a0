using System.Text.RegularExpressions;

namespace AiStack.Serving.Questions;

/// <summary>What people say to an assistant that is no question about the sources.</summary>
internal enum SmallTalk
{
    None,
    Greeting,
    Thanks,

    /// <summary>"What can you do?"</summary>
    Help,

    /// <summary>"Which documents do you have?"</summary>
    Documents,
}

/// <summary>Recognises it, in English and German. It must be all that is said.</summary>
internal static partial class SmallTalkReader
{
    private const RegexOptions Fold = RegexOptions.IgnoreCase;

    /// <summary>What is said after a greeting counts: "Hi, what can you do?"</summary>
    public static SmallTalk Read(string said)
    {
        var rest = GreetingBefore().Replace(said, "");
        return rest.Length > 0 && rest.Length < said.Length && Of(rest) is not SmallTalk.None and var other
            ? other
            : Of(said);
    }

    private static SmallTalk Of(string said) =>
        Documents().IsMatch(said) ? SmallTalk.Documents
        : Help().IsMatch(said) ? SmallTalk.Help
        : Greeting().IsMatch(said) ? SmallTalk.Greeting
        : Thanks().IsMatch(said) ? SmallTalk.Thanks
        : SmallTalk.None;

    [GeneratedRegex(
        @"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|hallo|guten (?:morgen|tag|abend))(?: there)?[ ,.!]+",
        Fold)]
    private static partial Regex GreetingBefore();

    [GeneratedRegex(
        @"^\W*(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|hallo|moin|servus|tach"
        + @"|guten (?:morgen|tag|abend)|grüß (?:gott|dich)|grüezi)"
        + @"(?:[ ,]+(?:there|all|everyone|everybody|you|team|assistant|bot|again|zusammen|alle|nochmal))*"
        + @"(?:[ ,.!]+(?:how are you(?: doing)?(?: today)?|wie geht(?: e)?'?s(?: dir| ihnen)?))?\W*$"
        + @"|^\W*how are you(?: doing)?(?: today)?\W*$|^\W*wie geht(?: e)?'?s(?: dir| ihnen)?\W*$",
        Fold)]
    private static partial Regex Greeting();

    [GeneratedRegex(
        @"^\W*(?:(?:ok|okay|great|perfect|super|cool|nice|alright)[ ,.!]+)?"
        + @"(?:(?:many )?thanks|thank you|thx|ty|cheers|great|perfect|awesome|nice|cool|ok|okay|got it|bye|goodbye"
        + @"|see you|that (?:really )?help(?:s|ed)|danke(?:schön)?|vielen dank|besten dank|super|alles klar|tschüss"
        + @"|auf wiedersehen|bis bald|das hat geholfen)"
        + @"(?:[ ,.!;–-]+(?:very much|so much|a lot|again|sehr|schön|dir|ihnen|for (?:your|the) help|für die hilfe"
        + @"|later|thanks|thank you|bye|danke"
        + @"|that (?:really )?help(?:s|ed)(?: me)?"
        + @"|(?:that|this) (?:is|was) (?:very |really )?(?:helpful|useful|great|all)"
        + @"|that'?s (?:it|all|great|perfect)|das (?:hat (?:mir )?geholfen|war(?: sehr)? hilfreich|war'?s)))*\W*$",
        Fold)]
    private static partial Regex Thanks();

    [GeneratedRegex(
        @"^\W*(?:help(?: me)?(?: please)?|what can (?:you|i) (?:do|ask)(?: (?:for me|here|you))*|what do you do"
        + @"|how (?:does this|do you|can you) (?:work|help(?: me)?)|how (?:do|can) i use (?:this|you|it)"
        + @"|(?:who|what) are you|are you (?:a|an) (?:bot|robot|ai|human|person|chat ?gpt|language model)"
        + @"|hilfe|was kannst du(?: alles)?(?: tun| machen)?|was kann ich (?:dich |hier )?fragen|wer bist du"
        + @"|was bist du|wie funktioniert (?:das|dies)(?: hier)?|wie kannst du (?:mir )?helfen)\W*$",
        Fold)]
    private static partial Regex Help();

    [GeneratedRegex(
        @"^\W*(?:please |can you |could you )*(?:list|show|name|give)(?: me)?(?: a list of)?(?: all)?(?: of)?"
        + @"(?: the| your| my| our)?(?: available)? (?:documents?|docs|files|sources)"
        + @"(?: (?:that )?(?:you have|you know|there are|available|in (?:the|this|your) (?:store|library)))?"
        + @"(?: please)?\W*$"
        + @"|^\W*(?:what|which|how many) (?:documents?|docs|files|sources)"
        + @"(?: (?:do|can|did) (?:you|i|we) (?:have|know|see|read|search|access|use|ask about)(?: access to)?"
        + @"| are (?:there|available|you using)| is (?:there|available))?"
        + @"(?: in (?:the|this|your) (?:store|library))?\W*$"
        + @"|^\W*(?:bitte )?(?:liste|zeige?|nenne?|gib)(?: mir| uns)?(?: bitte)?(?: eine liste)?(?: alle[rn]?)?"
        + @"(?: die| deine[rn]?)? (?:dokumente?n?|dateien|quellen|unterlagen)(?: auf)?\W*$"
        + @"|^\W*(?:welche|was für|wie viele) (?:dokumente|dateien|quellen|unterlagen)"
        + @"(?: (?:hast du|kennst du|haben sie|haben wir|gibt es|sind (?:da|verfügbar|vorhanden)))?(?: hier)?\W*$",
        Fold)]
    private static partial Regex Documents();
}
