using System.Diagnostics;
using AiStack.ServiceDefaults;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// The program in which a folder is tried: loads it, has it say one token, and ends. What is damaged so that it kills
/// the library's process kills this one. <see cref="ModelTrial"/> starts it.
/// </summary>
internal static class TryModel
{
    /// <summary>The argument before the folder's path.</summary>
    public const string Verb = "try-model";

    /// <summary>The exit code when the folder is refused; the reason is then the last line of the output.</summary>
    public const int Refused = 65;

    private const string KillFirst = "/proc/self/oom_score_adj";

    public static int Run(string folder)
    {
        OnnxReports.TurnOff();
        new Thread(EndWithParent) { IsBackground = true }.Start();
        OfferToEnd();
        try
        {
            using var loaded = LocalModel.Load(ModelFolder.Open(folder));
            return 0;
        }
        catch (ModelRefusedException refused)
        {
            Console.WriteLine($"{Environment.NewLine}{refused.Message}");
            return Refused;
        }
    }

    /// <summary>When memory runs out, the system ends this and nothing else, where it can be told so.</summary>
    private static void OfferToEnd()
    {
        try
        {
            if (File.Exists(KillFirst))
            {
                File.WriteAllText(KillFirst, "1000");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then it is as likely as others.
        }
    }

    /// <summary>The input is a pipe from the parent, which ends when the parent does.</summary>
    private static void EndWithParent()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
