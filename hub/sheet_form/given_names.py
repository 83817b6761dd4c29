"""Given names that are common somewhere, and that are no usual name of a team."""

_FIRST_NAMES_TEXT = """
    aaron abdul abdullah adam adele aditya adrian adriana agnes agnieszka ahmad ahmed aisha akiko alan albert
    alberto alejandra alejandro aleksandra alex alexander alexandra alexandre alexej alexis alfred ali alice alicia
    alina alistair amanda amelia amélie amin amina amir amit ana anders andrea andreas andrei andrew andrzej andré
    andrés angela anil anita anja anjali anke ann anna anne annette annika anthony antje antoine anton antonia
    antonio anya arjun armin arnaud arne arthur arun ashley astrid ayşe barbara beate beatrice beatriz ben benedikt
    benjamin bernard bernd bettina bill birgit björn bob boris brian brigitte bruno burak camila camille carina carl
    carla carlos carmen carolin carolina caroline carsten catherine cathy cecilia charles charlie charlotte chen
    chiara chidi chloe chloé chris christel christian christiane christina christine christof christoph christophe
    christopher claire clara claudia claudio clemens clément colin connor conrad constantin corinna craig cristina
    cynthia cédric céline daniel daniela danielle dave david deborah deepak denise dennis derek devi diana diego
    dieter dietmar dirk divya dmitri dominik donald dorothea douglas duncan eduardo edward ekaterina elaine elena
    eleni elisa elisabeth elizabeth elke ella ellen elodie emeka emil emilia emily emma emmanuel emre eric erica
    erik erika ernst esther eugene eva evelyn fabian fabio farah fatima fatma felicitas felipe felix fernanda
    fernando filip finn fiona florence florian francesca francesco francine francis francisco franz françois
    françoise frederik friederike fritz gabriel gabriela gabriele gareth gary george georg gerald gerd gerhard
    giorgio giovanni giulia giuseppe gonzalo gordon graham greg gregor gudrun guillaume guido gustavo günter günther
    hannah hanna hannes hans harald harry haruto hassan heather heidi heike heiko heinrich heinz helen helena helga
    helmut hendrik henrik henry herbert hermann hideo hiroshi holger hugo hussein ian ibrahim igor ines inga ingo
    ingrid irene irina isabel isabella isabelle ivan iwona jacek jack jacob jacqueline jacques jakob jakub james
    jamie jan jana jane janet janine jasmin jason javier jean jeanette jeff jeffrey jelena jennifer jenny jens
    jeremy jerome jesse jessica jill jim joachim joana joanna joão jochen joe joel johan johann johanna johannes
    john johnny jonas jonathan jorge josef josefine joseph josh joshua josé joyce juan juanita judith julia julian
    juliane julie julien jun jutta jérôme jörg jürgen kai karen karim karin karl karolina karsten katarina katarzyna
    kate katharina katherine kathleen kathrin katja katrin kavita keith ken kenji kenneth kerstin kevin khaled kim
    kirsten klaus konrad konstantin krzysztof kumar kurt kyle lara lars laura lauren laurent lea léa leila lena leo
    leon leonard leonie lesley leslie liam lidia linda lisa liu louis louise luca lucas lucia lucy luis luisa luiz
    lukas lukasz luke lutz lydia łukasz magda magdalena maja malte manfred manuel manuela marc marcel marcin marco
    marcos marcus margaret margarete maria mariana marianne marie marina mario marion marisa marius mark markus
    marlene marta martha martin martina mary masha mathias mathieu mats matt matteo matthew matthias maureen maurice
    mauro max maximilian maya megan mehmet mei melanie melissa mia michael michaela michal michel michelle miguel
    mike mikhail milan miriam mohamed mohammad mohammed monica monika monique moritz muhammad mustafa måns nadia
    nadine nadja nancy naomi natalia natalie natasha nathalie nathan neha neil ngozi nicholas nick nicolas nicole
    niklas nikolai nils nina noah nora norbert oleg olga oliver olivia olivier oluwaseun omar oscar oskar otto pablo
    pamela paola paolo pascal patricia patrick paul paula paulo pavel pedro peggy penelope peter petra philip
    philipp philippe pia pierre piotr pooja priya rachel rafael rahul rainer raj rajesh ralf ralph ramona raphael
    rashid raymond rebecca regina reinhard renate rené ricardo richard rita robert roberta roberto robin rodrigo
    roger roland rolf roman ronald ronja rosa rosemary ruben rudolf ruth ryan sabine sabrina said sakura salma sam
    samantha samuel sandra sandro sanjay sanna santiago sara sarah sascha sebastian selin sergei sergey sergio
    shanti sharon sheila shirin silke silvia simon simone sina siobhan sofia sonja sophia sophie stefan stefanie
    stephan stephanie stephen steve steven sunita susan susanne suzanne svein sven svenja sylvia sören sébastien
    taro tamara tanja tatiana ted teresa thabo theo theodor theresa thierry thomas thorsten tim timo tina tobias
    todd tom tomas tomasz tony torben torsten tracy ulrich ulrike uma ursula ute uwe valentin valentina valeria
    valérie vanessa vera verena veronica veronika victor victoria vijay vikram viktor viktoria vincent vivian
    vladimir volker véronique walter wanda wei wendy werner wiebke wilhelm william wojciech wolfgang xavier xin yana
    yannick yasmin yuki yuri yusuf yves yvonne zachary zainab zeynep zoe zoë zofia émilie özlem
"""
FIRST_NAMES = frozenset(_FIRST_NAMES_TEXT.split())
